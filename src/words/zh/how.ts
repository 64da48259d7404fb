import type { HowWords } from '../how.ts';

export const how: HowWords = {
  channels: '潜变量的前几个通道',
  channelsAfter: (upscaler) => `经过 ${upscaler} 后的相同通道`,
  latent: (size) => `潜变量，${size}`,
  size: (width, height, channels) => `${width} × ${height}，${channels} 通道`,
  upscaling: '放大中…',
  showLatent: '显示此潜变量',
  decoder: '解码器',
  decoded: '解码后的图片',
  picture: (size) => `图片，${size}`,
  viewer: '通道与数值',
  channel: '通道',
  numbered: (number, count) => `${number} / ${count}`,
  values: (low, high, mean, std) => `${low} 至 ${high}，均值 ${mean}，标准差 ${std}`,
  asGrey: (number) => `通道 ${number} 的灰度图`,
  howOften: (number) => `通道 ${number} 中各数值出现的次数`,
};

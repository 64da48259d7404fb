import type { RaceWords } from '../race.ts';

export const race: RaceWords = {
  title: '从潜变量到图片的竞速',
  again: '再赛一次',
  close: '关闭竞速',
  waiting: '等待中',
  network: '像素网络',
  luaHow: '先放大潜变量，再解码',
  networkHow: '先解码，再放大像素',
  failed: (name, why) => `${name} 失败：${why}`,
  settingUp: '正在准备双方；竞速从各自的第二次运行开始。',
  settingUpLong: (name, time) => `正在准备双方。据最初的图块估计，${name} 需要${time}。`,
  running: '从潜变量到完成的 2× 图片。',
  luaFaster: (name, times, saved) => `${name} 的速度是像素网络的 ${times} 倍（节省 ${saved}）。`,
  networkFaster: (name, times, saved) => `像素网络的速度是 ${name} 的 ${times} 倍（节省 ${saved}）。`,
};

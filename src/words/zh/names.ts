import type { Translation } from '../translation.ts';

export const methods: Translation['methods'] = {
  decode: { title: '直接解码', explanation: '潜变量原样经过解码器' },
  lua: { title: 'LUA', explanation: '在潜空间放大，然后只解码一次' },
  'latent-bicubic': { title: '潜变量双三次', explanation: '对潜变量做双三次插值，再解码' },
  'pixel-bicubic': { title: '像素双三次', explanation: '以 1× 解码，再对像素做双三次插值' },
  'pixel-lanczos': { title: '像素 Lanczos', explanation: '以 1× 解码，再对像素做 Lanczos-3 插值' },
  'pixel-upscaler': { title: '像素网络', explanation: '以 1× 解码，再用像素空间的网络放大' },
};

export const views: Translation['views'] = {
  side: { title: '并排', hint: '所有图片以相同的显示尺寸并列' },
  slider: { title: '滑块', hint: '两张图片，中间有可拖动的分界线' },
  lens: { title: '放大镜', hint: '在每张图片中放大同一位置' },
  difference: { title: '差异', hint: '放大显示两张图片的不同之处' },
  blink: { title: '闪烁', hint: '两张图片在同一位置交替显示；按住该键停在第二张' },
};

export const buttons: Translation['buttons'] = {
  'zoom-out': { label: '−', title: '缩小' },
  fit: { label: '适应', title: '显示整张图片' },
  detail: { label: '细节', title: '最值得看的地方，2× 图片的 100%' },
  pixels: { label: '100%', title: '最大图片的一个像素对应屏幕的一个像素' },
  'zoom-in': { label: '+', title: '放大' },
  'full-screen': { label: '全屏', title: '全屏显示图片' },
  'copy-figure': { label: '复制对比图', title: '可见图片合成一张带说明的 PNG' },
  share: { label: '分享', title: '复制此视图的链接' },
  export: { label: '导出…', title: '所有图片存为 ZIP；滑块对比存为短片或嵌入其他网页' },
};

export const demos: Translation['demos'] = {
  chelsea: { title: '猫咪 Chelsea', kind: '动物' },
  astronaut: { title: 'Eileen Collins', kind: '肖像' },
  dandelions: { title: '蒲公英', kind: '植物' },
  dragonfly: { title: '树上的蜻蜓', kind: '植物' },
  rocket: { title: '发射台上的猎鹰 9 号', kind: '机械' },
  type: { title: '印刷文字', kind: '文字' },
  'safe-landing': { title: '安全着陆', kind: '插画' },
};

export const errors: Translation['errors'] = {
  'file/unreadable': { text: '无法读取文件。' },
  'file/unknown-format': { text: 'LatentLift 无法打开这种文件。' },
  'file/truncated': { text: '文件不完整，请重新下载。' },
  'file/malformed': { text: '文件已损坏。' },
  'file/unsafe': { text: '文件中不只有数据，因此不会打开。' },
  'file/too-large': { text: '文件太大。' },
  'file/unsupported': { text: '不支持该格式的这种变体。' },
  'latent/not-a-latent': { text: '文件中没有潜变量。' },
  'latent/ambiguous': { text: '无法确定如何读取此潜变量。' },
  'latent/shape': { text: '其形状不符合任何已知的潜变量。' },
  'latent/empty': { text: '没有含有数值的潜变量。' },
  'model/manifest': { text: '模型列表已损坏，请重新加载页面。' },
  'model/fetch': { text: '模型下载失败，请检查网络后重试。' },
  'model/integrity': { text: '收到的模型与应有的不一致，请重新下载。' },
  'model/unrecognised': { text: '这些权重不属于 LatentLift 已知的任何网络。' },
  'model/shape': { text: '权重的形状不符合其网络的要求。' },
  'model/missing': { text: '缺少一个模型。' },
  'model/mismatch': { text: '模型与此潜变量不匹配。' },
  'model/storage': { text: '无法使用浏览器存储。' },
  'gpu/unavailable': { text: '这里没有可用的 GPU。' },
  'gpu/lost': { text: 'GPU 已断开，请重试。' },
  'gpu/out-of-memory': { text: 'GPU 内存不足。' },
  'gpu/self-test': { text: 'GPU 未通过自检。' },
  'engine/build': { text: '无法构建网络。' },
  'engine/run': { text: '计算失败。' },
  'engine/not-loaded': { text: '模型尚未加载。' },
  'engine/crashed': { text: '计算过程崩溃，请重试。' },
  'engine/timeout': { text: '测量或缩小图片用时过长，已被终止；请重试，或换一张较小的图片。' },
  'engine/out-of-memory': { text: '内存不足。' },
  'engine/disposed': { text: '计算已结束。' },
};

export const causes: Translation['causes'] = {
  'cpu-asked': { text: '已按要求使用 CPU。' },
  'gpu-silent': { text: '浏览器没有回应对 GPU 的查询，因此使用 CPU。' },
  'gpu-none': { text: '此浏览器未通过 WebGPU 提供 GPU，因此使用 CPU。' },
  'gpu-asked': { text: '已按要求使用 WebGPU。' },
  gpu: { text: '正在通过 WebGPU 使用 GPU。' },
  'gpu-emulated': { text: '这里唯一的 GPU 是软件模拟的，CPU 更快。' },
  'gpu-nameless': { text: 'GPU 没有报出名称，而且和软件模拟的一样慢；CPU 更快。' },
  'gpu-imprecise': { text: 'GPU 以单精度运行，因为半精度没有通过自检。' },
  'gpu-failed-test': { text: 'GPU 未通过自检，因此使用 CPU。' },
  'gpu-unusable': { text: '无法使用 GPU，因此使用 CPU。' },
  'cpu-after-failure': { text: '发生故障后改用 CPU。' },
  'tiles-after-failure': { text: '发生故障后改用更小的分块计算。' },
};

export const purposes: Translation['purposes'] = {
  'fast, a little soft': { text: '快速，略柔' },
  'small and fast; opacity is kept': { text: '小而快；保留不透明度' },
  'fast, a little soft; encodes as well': { text: '快速，略柔；也能编码' },
  'fast, soft; encodes as well': { text: '快速，偏柔；也能编码' },
  'the full decoder': { text: '完整解码器' },
  'the full decoder, fine-tuned': { text: '完整解码器，经微调' },
  'close to the full decoder, with less work': { text: '接近完整解码器，计算量更少' },
  'the full decoder, sound in half precision': { text: '完整解码器，半精度下稳定' },
  'x2 and x4 in latent space': { text: '在潜空间放大 x2 与 x4' },
  'x2 in latent space, small': { text: '在潜空间放大 x2，体积小' },
  'x2 in latent space, sharp rather than exact': { text: '在潜空间放大 x2，偏锐利而非精确' },
  "turns such latents into SDXL's, roughly": { text: '将此类潜变量大致转换为 SDXL 的' },
  "turns such latents into SD 3's, roughly": { text: '将此类潜变量大致转换为 SD 3 的' },
  "turns such latents into SD 1's, roughly": { text: '将此类潜变量大致转换为 SD 1 的' },
};

import type { FilesWords } from '../files.ts';

export const files: FilesWords = {
  title: '文件',
  close: '关闭',
  open: '打开文件',
  openFolder: '打开文件夹',
  openNow: '当前打开',
  forget: '忘记',
  forgetOf: (name) => `忘记 ${name}`,
  noStorage: '此浏览器不给本页提供文件存储，重新加载后需要再次打开。',
  keep: (size) => `将打开的文件保留在此浏览器中，重新加载后自动恢复（每个最多 ${size}）`,
  recent: '最近的文件',
  none: '还没有。',
  kept: (size) => `此浏览器中保存了 ${size}。不会上传任何内容。`,
  clear: '全部清除',
  zip: 'ZIP 压缩包',
  nothingFits: (all) => `文件夹中有 ${all} 个文件，但没有潜变量或图片。`,
  leftOut: (left) => `文件夹中的 ${left} 个文件被跳过：不是潜变量或图片，或者是模型权重。`,
  onlyFirst: (first) => `只打开了前 ${first} 个，其余请单独打开。`,
};

import { describe, expect, test } from 'vitest';
import { directAddress } from './direct-address.ts';

describe('directAddress', () => {
  test.each([
    [
      'https://huggingface.co/vaskers5/LUA-FLUX/blob/main/lua_flux.pth',
      'https://huggingface.co/vaskers5/LUA-FLUX/resolve/main/lua_flux.pth',
      'lua_flux.pth',
    ],
    [
      'https://huggingface.co/a/b/resolve/main/vae/diffusion_pytorch_model.safetensors?download=true',
      'https://huggingface.co/a/b/resolve/main/vae/diffusion_pytorch_model.safetensors',
      'diffusion_pytorch_model.safetensors',
    ],
    // A folder of the file's own may be called "blob".
    [
      'https://huggingface.co/a/b/resolve/main/blob/x.pth',
      'https://huggingface.co/a/b/resolve/main/blob/x.pth',
      'x.pth',
    ],
    [
      'https://github.com/madebyollin/taesd/blob/main/taesd_decoder.pth',
      'https://raw.githubusercontent.com/madebyollin/taesd/main/taesd_decoder.pth',
      'taesd_decoder.pth',
    ],
    [
      'https://github.com/madebyollin/taesd/raw/refs/heads/main/taef1_decoder.pth',
      'https://raw.githubusercontent.com/madebyollin/taesd/refs/heads/main/taef1_decoder.pth',
      'taef1_decoder.pth',
    ],
    ['  http://127.0.0.1:8080/my%20file.pt#top ', 'http://127.0.0.1:8080/my%20file.pt', 'my file.pt'],
  ])('%s gives the file itself', (address, url, name) => {
    expect(directAddress(address)).toEqual({ url, name });
  });

  test.each(['', 'lua_flux.pth', 'ftp://x/y.pth', 'javascript:alert(1)', 'file:///etc/passwd'])(
    'refuses %j with an example of what was expected',
    (address) => {
      expect(() => directAddress(address)).toThrow(/no web address.*huggingface/);
    },
  );
});

import { AppError } from './errors.ts';

/** An address that gives a file, and the file's name. */
export interface DirectAddress {
  readonly url: string;
  readonly name: string;
}

/**
 * The address of the file itself: pages of Hugging Face and GitHub that show a file are turned into what they show (GitHub's
 * own download addresses do not let other pages read them; its raw host does). Throws model/fetch for what is no address.
 */
export function directAddress(address: string): DirectAddress {
  const url = URL.canParse(address.trim()) ? new URL(address.trim()) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new AppError(
      'model/fetch',
      `“${address.trim().slice(0, 80)}” is no web address; one like https://huggingface.co/OWNER/MODEL/resolve/main/FILE.safetensors was expected.`,
    );
  }
  if (/^(www\.)?(huggingface\.co|hf\.co)$/.test(url.hostname)) {
    url.pathname = url.pathname.replace(/^(\/(?:[^/]+\/){2,3}?)(?:blob|raw)\//, '$1resolve/');
    url.searchParams.delete('download');
  }
  if (url.hostname === 'github.com') {
    const match = /^\/([^/]+)\/([^/]+)\/(?:blob|raw)\/(.+)$/.exec(url.pathname);
    if (match !== null) {
      url.hostname = 'raw.githubusercontent.com';
      url.pathname = `/${match[1]}/${match[2]}/${match[3]}`;
      url.search = '';
    }
  }
  url.hash = '';
  const last = url.pathname.split('/').filter(Boolean).at(-1);
  return { url: url.href, name: last === undefined ? url.hostname : decode(last) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

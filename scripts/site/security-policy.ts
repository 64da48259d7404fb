import type { Plugin } from 'vite';

/**
 * What the built page may do, by directive. Inline scripts and styles are not among it, and nothing is compiled from text:
 * `wasm-unsafe-eval` allows WebAssembly alone. docs/hosting.md says why each is as wide as it is.
 */
const DIRECTIVES: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' blob: data:",
  // Weights and latents come from hosts that the person names; a server on the person's own machine has no certificate.
  'connect-src': "'self' https: data: http://localhost:* http://127.0.0.1:*",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'require-trusted-types-for': "'script'",
  // Lit's templates, and our own policy, which lets scripts of this site become workers (src/contract/trusted-scripts.ts).
  'trusted-types': 'lit-html default',
};

/** The policy as a header's value; everything in it also works in a <meta>. */
export const CONTENT_SECURITY_POLICY: string = Object.entries(DIRECTIVES)
  .map(([directive, sources]) => `${directive} ${sources}`)
  .join('; ');

/** Writes the policy into the built page, above all that it governs. The dev server needs inline styles and goes without. */
export function securityPolicy(): Plugin {
  return {
    name: 'latentlift:security-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const charset = '<meta charset="utf-8" />';
        if (!html.includes(charset)) throw new Error(`index.html has no ${charset} to put the policy after`);
        const meta = `<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}" />`;
        return html.replace(charset, `${charset}\n    ${meta}`);
      },
    },
  };
}

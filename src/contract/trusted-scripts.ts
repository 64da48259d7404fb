interface ScriptPolicy {
  readonly createScriptURL: (address: string) => string;
}

interface TrustedTypes {
  createPolicy(name: 'default', rules: ScriptPolicy): unknown;
}

/**
 * Lets addresses of this site become workers, where the page's policy asks for trusted types; any other is refused with a
 * TypeError. The bundler finds workers by `new Worker(new URL(...))` as it stands, so the default policy judges them.
 */
export function trustOwnScripts(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  trustedTypes?.createPolicy('default', {
    createScriptURL(address) {
      const { origin, protocol, href } = new URL(address, location.href);
      // A blob: has the origin of the page that made it, whatever it holds.
      if (origin === location.origin && protocol === location.protocol) return href;
      throw new TypeError(`Only scripts of ${location.origin} become workers here, not ${href}.`);
    },
  });
}

/** Hears what an element tells: `act` gets the event's detail. */
export const listen = <Detail>(target: EventTarget, name: string, act: (detail: Detail) => void): void =>
  target.addEventListener(name, (event) => act((event as CustomEvent<Detail>).detail));

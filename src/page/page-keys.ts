import { type CommandContext, commandOfKey, type PageCommand } from './commands.ts';

const KEY = 'latentlift-single-keys';

/** Single keys can be switched off (WCAG 2.1.4): speech input would press them by accident. */
export const singleKeys = {
  get isOn(): boolean {
    try {
      return localStorage.getItem(KEY) !== 'off';
    } catch {
      return true;
    }
  },
  set isOn(value: boolean) {
    try {
      localStorage.setItem(KEY, value ? 'on' : 'off');
    } catch {
      // Storage is off: single keys stay on.
    }
  },
};

/**
 * Turns keys into commands: those of the stage only while `stage` has the focus, the rest anywhere but in fields. A command
 * hears when its key is let go, or the window loses the keyboard.
 */
export function followKeys(target: Document, stage: HTMLElement, context: CommandContext): void {
  let held: { readonly key: string; readonly command: PageCommand } | null = null;
  function letGo(): void {
    held?.command.release?.(context);
    held = null;
  }
  target.addEventListener('keydown', (event) => {
    const command = commandOfKey(event.key, event.ctrlKey || event.altKey || event.metaKey);
    if (command === null || target.querySelector('dialog[open]') !== null) return;
    const focused = event.composedPath()[0];
    const isOnStage = focused === stage;
    if (command.isOfStage ? !isOnStage : isField(focused) && event.key !== 'Escape') return;
    if (!singleKeys.isOn && !isOnStage && event.key !== 'Escape') return;
    if (event.key !== 'Escape') event.preventDefault();
    if (held?.key !== event.key) letGo();
    held = { key: event.key, command };
    command.run(context);
  });
  target.addEventListener('keyup', ({ key }) => {
    if (key === held?.key) letGo();
  });
  target.defaultView?.addEventListener('blur', letGo);
}

const isField = (target: EventTarget | undefined): boolean =>
  target instanceof HTMLSelectElement ||
  target instanceof HTMLTextAreaElement ||
  (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type));

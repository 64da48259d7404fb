import { describe, expect, it } from 'vitest';
import { VIEWS } from '../ui/stage/views/index.ts';
import { COMMANDS, type CommandContext, commandNamed, commandOfKey, toolButtons } from './commands.ts';

describe('the commands', () => {
  it('have names and keys of their own, and each has a key or a button', () => {
    const names = COMMANDS.map(({ name }) => name);
    const keys = COMMANDS.flatMap((command) => [...command.keys]);
    expect(names).toEqual([...new Set(names)]);
    expect(keys).toEqual([...new Set(keys)]);
    const buttons = toolButtons().map(({ name }) => name);
    // About has its button in the page's header.
    const unreachable = COMMANDS.filter(({ name, keys: own }) => own.length === 0 && !buttons.includes(name));
    expect(unreachable.map(({ name }) => name)).toEqual(['about']);
  });

  it('are found by key, but not with a modifier', () => {
    expect(commandOfKey('=', false)?.name).toBe('zoom-in');
    expect(commandOfKey('=', true)).toBeNull();
    expect(commandOfKey('q', false)).toBeNull();
  });

  it('switch to every view by its key, which the stage knows to be held until it is let go', () => {
    for (const { mode, key } of VIEWS) {
      const changes: object[] = [];
      const compare = { isHeld: false };
      const context = {
        changeView: (change: object) => changes.push(change),
        page: { compare },
      } as unknown as CommandContext;
      const command = commandOfKey(key, false);
      command?.run(context);
      command?.run(context);
      expect(changes).toEqual([{ mode }, { mode }]);
      expect(compare.isHeld).toBe(true);
      command?.release?.(context);
      expect(compare.isHeld).toBe(false);
    }
  });

  it('are known by their own names only', () => {
    expect(commandNamed('fit').keys).toEqual(['0']);
    expect(() => commandNamed('fly')).toThrow('there is no command "fly"');
  });
});

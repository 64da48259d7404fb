import { type ViewMode, viewWords } from '../ui/stage/views/index.ts';
import { helpWords } from '../words/help.ts';
import type { Command } from './commands.ts';

type ViewCommand = `view-${ViewMode}`;

/** What the help says of a command, in the language in use; one without its line in the catalogue does not compile. */
export function commandText(name: Command): string {
  const texts: Readonly<Record<Exclude<Command, ViewCommand>, string>> = helpWords().commands;
  return name in texts
    ? texts[name as keyof typeof texts]
    : viewWords(name.replace('view-', '') as ViewMode).line;
}

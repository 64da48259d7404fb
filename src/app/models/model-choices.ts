import { GRADES, type Grade } from '../../contract/model-manifest.ts';
import { FAMILIES } from '../../core/families/index.ts';
import { isRecord } from '../../core/is-record.ts';
import { ROLES } from '../../core/role.ts';
import type { ModelChoices } from '../state/models-state.ts';
import { withChoice } from './models.ts';

/** What a stored text holds by name; nothing where it is damaged. */
function recordIn(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

/** The grade of decoder among stored choices, null where there is none. */
export const parseGrade = (text: string | null): Grade | null =>
  GRADES.find((grade) => grade === recordIn(text)['grade']) ?? null;

/** Where choices outlive the page; reading never throws, writing may come to nothing. */
export interface ChoiceStorage {
  read(): string | null;
  write(text: string): void;
}

/** Stored choices; what is damaged or unknown in them is left out. */
export function parseChoices(text: string | null): ModelChoices {
  const stored = recordIn(text);
  let choices: ModelChoices = {};
  for (const { id: family } of FAMILIES) {
    const own = stored[family];
    for (const slot of ROLES) {
      const id = isRecord(own) ? own[slot] : undefined;
      if (typeof id === 'string') choices = withChoice(choices, family, slot, id);
    }
  }
  return choices;
}

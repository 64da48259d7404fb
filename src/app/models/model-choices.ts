import { GRADES, type Grade } from '../../contract/model-manifest.ts';
import { FAMILIES } from '../../core/families/index.ts';
import { isRecord } from '../../core/is-record.ts';
import { ROLES } from '../../core/role.ts';
import type { ModelChoices } from '../state/models-state.ts';
import { withChoice } from './models.ts';

/** The grade of decoder among stored choices, null where there is none. */
export function parseGrade(text: string | null): Grade | null {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return (isRecord(value) && GRADES.find((grade) => grade === value['grade'])) || null;
  } catch {
    return null;
  }
}

/** Where choices outlive the page; reading never throws, writing may come to nothing. */
export interface ChoiceStorage {
  read(): string | null;
  write(text: string): void;
}

/** Stored choices; what is damaged or unknown in them is left out. */
export function parseChoices(text: string | null): ModelChoices {
  let choices: ModelChoices = {};
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    for (const { id: family } of FAMILIES) {
      for (const slot of ROLES) {
        const id = (value as Record<string, Record<string, unknown> | undefined>)[family]?.[slot];
        if (typeof id === 'string') choices = withChoice(choices, family, slot, id);
      }
    }
  } catch {
    return {};
  }
  return choices;
}

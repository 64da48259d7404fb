import type { Translation } from '../translation.ts';
import { below } from './below.ts';
import { exports } from './exports.ts';
import { files } from './files.ts';
import { help } from './help.ts';
import { how } from './how.ts';
import { items } from './items.ts';
import { models } from './models.ts';
import { buttons, causes, demos, errors, methods, purposes, views } from './names.ts';
import { page } from './page.ts';
import { race } from './race.ts';
import { stage } from './stage.ts';
import { verdict } from './verdict.ts';
import { work } from './work.ts';

export const translation = {
  stage,
  work,
  below,
  items,
  models,
  exports,
  files,
  how,
  race,
  verdict,
  help,
  page,
  methods,
  views,
  buttons,
  demos,
  causes,
  errors,
  purposes,
} as const satisfies Translation;

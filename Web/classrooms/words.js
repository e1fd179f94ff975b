import { messages } from '/lib/i18n.js';
import strings from '/classrooms/strings.en.js';

/** The messages of these pages. */
export const t = messages(strings);

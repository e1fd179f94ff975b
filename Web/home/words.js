import { messages } from '/lib/i18n.js';
import strings from '/home/strings.en.js';

/** The messages of the front page. */
export const t = messages(strings);

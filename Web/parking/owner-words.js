import { messages } from '/lib/i18n.js';
import own from '/parking/owner.en.js';
import strings from '/parking/strings.en.js';

/** The messages of the pages for those who run car parks. */
export const t = messages({ ...strings, ...own });

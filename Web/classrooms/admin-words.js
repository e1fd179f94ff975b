import { messages } from '/lib/i18n.js';
import own from '/classrooms/admin.en.js';
import strings from '/classrooms/strings.en.js';

/** The messages of the pages for those who run the classrooms. */
export const t = messages({ ...strings, ...own });

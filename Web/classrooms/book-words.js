import { messages } from '/lib/i18n.js';
import strings from '/classrooms/book.en.js';

/** The messages of booking and of the week. */
export const t = messages(strings);

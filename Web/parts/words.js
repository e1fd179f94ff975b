import { messages } from '/lib/i18n.js';
import shared from '/strings.en.js';
import strings from '/parts/strings.en.js';

/** The messages of those parts that few pages have. */
export const t = messages({ ...shared, ...strings });

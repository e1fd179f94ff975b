import { messages } from '/lib/i18n.js';
import strings from '/parts/command.en.js';

/** The messages of the parts that give and show commands. */
export const t = messages(strings);

/** A command's state in a word, for the person who pressed the button. */
export const commandWord = (state) => t(`word.${state}`);

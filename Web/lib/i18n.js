// Messages by key. A folder of pages has its own in `strings.en.js`; another language is another such file with the
// same keys.

import { number } from '/lib/format.js';
import strings, { locale } from '/strings.en.js';

const plurals = new Intl.PluralRules(locale);

/** A value as it stands within a sentence: numbers in the language's digits and groups, whatever else as it is. */
const shown = (value) => (typeof value === 'number' ? number(value) : value ?? '');

/**
 * Makes the function that gives the messages of one file. `say('rows', { count: 2 })`: `{name}` in a message is
 * replaced by that value; of a message with plural forms ({ one, other }, and `zero` where nought has words of its
 * own) the one for `count` is taken. A value may be drawn (an element): the message is then a list of texts and
 * elements, for the same place in a template.
 */
export function messages(held) {
    return (key, values = {}) => {
        let message = held[key];
        if (message === undefined) {
            console.error(`There is no message ${key}.`);
            return key;
        }
        if (typeof message === 'object') {
            const { count } = values;
            message = (count === 0 ? message.zero : undefined) ?? message[plurals.select(count)] ?? message.other;
        }
        if (!message.includes('{')) return message;
        const parts = message.split(/\{(\w+)\}/).map((part, index) => (index % 2 === 0 ? part : shown(values[part])));
        return parts.some((part) => typeof part === 'object') ? parts.filter((part) => part !== '') : parts.join('');
    };
}

/** Words one after another: "a, b and c". */
export const listed = (words) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(words);

/** The messages that every page needs. */
export const t = messages(strings);

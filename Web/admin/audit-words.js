// What the audit writes down, in words. The actions are the catalogue's; one that it does not have is shown by its
// name.

import { catalogue } from '/lib/catalogue.js';
import { t } from '/admin/words.js';

/** Every action that the audit may write down, [name, words]. */
export const actions = () => [...catalogue.actions.values()].map(({ id, summary }) => [id, summary]);

export const actionWords = (action) => catalogue.actions.get(action)?.summary ?? (action || t('audit.unreadable'));

export const outcomes = { done: ['good', t('done')], refused: ['warn', t('refused')], failed: ['bad', t('failed')],
    damaged: ['bad', t('damaged')] };

const hour = 3_600_000;
/** Ranges of time that are often looked for: name in the address, words, milliseconds. */
export const ranges = [['1h', t('lastHour'), hour], ['24h', t('lastDay'), 24 * hour], ['7d', t('lastWeek'), 168 * hour],
    ['30d', t('audit.lastMonth'), 720 * hour]];

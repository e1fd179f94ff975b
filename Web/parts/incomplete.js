import { html } from '/lib/html.js';
import { moment } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { Icon } from '/parts/icons.js';
import { t } from '/parts/words.js';

/** Why stored readings are not there. */
const reasons = ['missing', 'empty', 'unreadable', 'damaged', 'foreign', 'outdated'];

/**
 * Says which part of what is shown lacks readings that were stored: a hole looks as if there had been none.
 * `children` says what follows from it.
 */
export function Incomplete({ gaps, children }) {
    if (gaps.length === 0) return null;
    const first = gaps[0];
    const reason = t(`gap.${reasons.includes(first.reason) ? first.reason : 'unknown'}`);
    const why = gaps.length > 1 ? t('gap.more', { reason, count: gaps.length - 1 }) : reason;
    return html`
        <p class="banner" data-tone="warn" role="status">
            <${Icon} name="warning" />
            <span>
                ${t('gap', { from: moment(instant(first.from)), to: moment(instant(first.to)), why })}${children
                    && html` ${children}`}
            </span>
        </p>`;
}

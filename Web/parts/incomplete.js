import { html } from '/lib/html.js';
import { instant, moment } from '/lib/time.js';
import { Icon } from '/parts/icons.js';

/** Why stored readings are not there, in words. */
const gapWords = {
    missing: 'the file that held them is gone',
    empty: 'the file that held them is empty',
    unreadable: 'the file that holds them cannot be opened',
    damaged: 'what held them is damaged',
    foreign: 'another hub’s file was in the place of theirs',
    outdated: 'an older copy is in the place of their file',
};

/** Says which part of what is shown lacks readings that were stored: a hole looks as if there had been none. `children` says what follows from it. */
export function Incomplete({ gaps, children }) {
    if (gaps.length === 0) return null;
    const first = gaps[0];
    const more = gaps.length > 1 ? `, and ${gaps.length - 1} more ${gaps.length === 2 ? 'part' : 'parts'}` : '';
    return html`
        <p class="banner" data-tone="warn" role="status">
            <${Icon} name="warning" />
            <span>
                Readings from ${moment(instant(first.from))} to ${moment(instant(first.to))} are incomplete:
                ${' '}${gapWords[first.reason] ?? 'they cannot be read'}${more}. The hub’s log names the file.${children && html` ${children}`}
            </span>
        </p>`;
}

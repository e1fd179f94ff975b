// How often a booking comes again: the fields of a weekly rule, with an end.

import { html } from '/lib/html.js';
import { weekday } from '/lib/format.js';
import { t } from '/classrooms/book-words.js';
import { addDays, mostTimes } from '/classrooms/rule.js';
import { Choice, Field } from '/parts/form.js';
import { Select, Text } from '/parts/input.js';

/** Any Monday: for the names of the days. */
const monday = '2024-01-01';
const apart = [1, 2, 3, 4];

function Days({ days, set }) {
    const toggle = (day) => set(days.includes(day) ? days.filter((each) => each !== day) : [...days, day]);
    return html`
        <fieldset class="checks">
            <legend>${t('repeat.on')}</legend>
            ${[0, 1, 2, 3, 4, 5, 6].map((day) => html`
                <label class="check" key=${day}>
                    <input type="checkbox" checked=${days.includes(day)} onChange=${() => toggle(day)} />
                    ${weekday(addDays(monday, day))}
                </label>`)}
            ${days.length === 0 && html`<p class="field-error">${t('repeat.days.none')}</p>`}
        </fieldset>`;
}

/** @param rule,set what is chosen (rule.js); @param earliest the first date that it may end on */
export function RepeatFields({ rule, set, earliest }) {
    const change = (more) => set({ ...rule, ...more });
    return html`
        <${Days} days=${rule.days} set=${(days) => change({ days })} />
        <div class="room-times">
            <${Select} label=${t('repeat.every')} value=${`${rule.every}`}
                set=${(every) => change({ every: Number(every) })}
                options=${apart.map((count) => [`${count}`, t('repeat.weeks', { count })])} />
            ${rule.ends === 'count'
                ? html`<${Text} label=${t('repeat.count')} type="number" min="1" max=${mostTimes} required
                    value=${rule.count || ''} set=${(count) => change({ count: Number(count) })} />`
                : html`
                    <${Field} label=${t('repeat.until')}>
                        ${(given) => html`<input type="date" ...${given} min=${earliest} required value=${rule.until}
                            onInput=${(event) => change({ until: event.target.value })} />`}
                    <//>`}
        </div>
        <${Choice} legend=${t('repeat.ends')} name="ends" value=${rule.ends} change=${(ends) => change({ ends })}
            options=${[['count', t('repeat.ends.count')], ['until', t('repeat.ends.until')]]} />`;
}

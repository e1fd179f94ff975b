// What one looks for: the choices above the list of rooms, all of them in the address.

import { html } from '/lib/html.js';
import { byText, duration, number } from '/lib/format.js';
import { navigate, withQuery } from '/app/router.js';
import { stateOrder, tones } from '/classrooms/model.js';
import { t } from '/classrooms/words.js';
import { Glyph } from '/parts/icons.js';
import { Select } from '/parts/input.js';
import { Pick, Search } from '/parts/search.js';
import { LinkChoice } from '/parts/tabs.js';
import { TimeField } from '/parts/time-field.js';

const sizes = [10, 20, 30, 50, 100];
const lengths = [30, 45, 60, 90, 120, 180, 240];
const minute = 60_000;

/** What the address asks for; `soon` is the time that is proposed where it asks for another than now. */
export function choicesOf(query, soon) {
    const isLater = query.get('when') === 'later';
    const start = Number(query.get('from')) || soon;
    const minutes = Number(query.get('minutes')) || 60;
    return {
        q: query.get('q') ?? '', state: query.get('state') ?? '', building: query.get('building') ?? '',
        seats: Number(query.get('seats')) || 0, equipment: query.getAll('equipment'),
        wanted: isLater ? { start, end: start + minutes * minute } : null,
    };
}

/** The address with other equipment: a name may hold any sign, so each is an entry of its own. */
function withEquipment(names) {
    const url = new URL(location.href);
    url.searchParams.delete('equipment');
    for (const name of names) url.searchParams.append('equipment', name);
    return url.pathname + url.search;
}

function Equipment({ rooms, chosen }) {
    const all = [...new Set(rooms.flatMap(({ equipment }) => equipment))].sort(byText);
    if (all.length === 0) return null;
    const toggle = (name) => navigate(withEquipment(chosen.includes(name) ? chosen.filter((each) => each !== name)
        : [...chosen, name]), { replace: true });
    return html`
        <details class="column-picker">
            <summary class="button small">${chosen.length === 0 ? t('filter.equipment')
                : t('filter.equipment.chosen', { count: chosen.length })}</summary>
            <fieldset class="card">
                <legend class="unseen">${t('filter.equipment')}</legend>
                ${all.map((name) => html`
                    <label class="check" key=${name}>
                        <input type="checkbox" checked=${chosen.includes(name)} onChange=${() => toggle(name)} />
                        ${name}
                    </label>`)}
            </fieldset>
        </details>`;
}

export function Toolbar({ rooms, choices }) {
    const buildings = [...new Set(rooms.map(({ building }) => building).filter(Boolean))].sort(byText);
    return html`
        <div class="toolbar room-find">
            <${LinkChoice} label=${t('filter.when')} name="when" value=${choices.wanted ? 'later' : null}
                options=${[[null, t('filter.when.now')], ['later', t('filter.when.later')]]} clear=${['state']} />
            <${Search} label=${t('filter.find')} value=${choices.q} />
            ${buildings.length > 1 && html`
                <${Pick} label=${t('filter.building')} name="building" value=${choices.building}
                    options=${[['', t('filter.building.all')], ...buildings.map((name) => [name, name])]} />`}
            <${Pick} label=${t('filter.seats')} name="seats" value=${choices.seats ? `${choices.seats}` : ''}
                options=${[['', t('filter.seats.any')], ...sizes.map((size) =>
                    [`${size}`, t('filter.seats.from', { count: size })])]} />
            <${Equipment} rooms=${rooms} chosen=${choices.equipment} />
        </div>`;
}

/** How the rooms are, each state with how many: also what is shown of them. */
export function StateChoice({ counts, total, state }) {
    const entry = (key) => html`<span class="state-count">${number(counts[key], 0)}</span>`;
    const shown = stateOrder.filter((key) => counts[key] > 0 || key === state || key === 'free');
    return html`
        <div class="toolbar room-states">
            <${LinkChoice} label=${t('filter.state')} name="state" value=${state || null} options=${[
                [null, t('filter.state.all'), html`<span class="state-count">${number(total, 0)}</span>`],
                ...shown.map((key) => [key, html`<span class="state-word" data-tone=${tones[key]}><${Glyph}
                    tone=${tones[key]} />${t(`state.${key}`)}</span>`, entry(key)])]} />
        </div>`;
}

/** The time that one looks for: from when, for how long. */
export function AtTime({ wanted, zone }) {
    const minutes = (wanted.end - wanted.start) / minute;
    const change = (more) => navigate(withQuery(more), { replace: true });
    const known = [...new Set([...lengths, minutes])].sort((a, b) => a - b);
    return html`
        <div class="room-when-form">
            <${TimeField} label=${t('filter.from')} zone=${zone} value=${wanted.start} step="300"
                set=${(at) => change({ from: `${at}` })} />
            <${Select} label=${t('filter.length')} value=${`${minutes}`} set=${(length) => change({ minutes: length })}
                options=${known.map((each) => [`${each}`, duration(each * 60)])} />
        </div>`;
}

// The lot from above. Each bay has a colour, a shape and, where it is for somebody, a letter; so nobody needs the
// colour.

import { html, useRef, useState } from '/lib/html.js';
import { byText, span } from '/lib/format.js';
import { now, instant } from '/lib/time.js';
import { t } from '/parking/words.js';
import { useId } from '/parts/form.js';
import { kindWord, kinds, statuses, statusOrder } from '/parking/model.js';

/** A bay, metres. */
const bay = { width: 2.5, height: 5 };

/** Where each spot of a level is drawn: as the plan says, or, if not all have a place, in rows by zone. */
export function layout(spots, lot) {
    const placed = spots.length > 0 && spots.every((spot) => Number.isFinite(spot.x) && Number.isFinite(spot.y));
    const named = [...spots].sort((a, b) => byText((a.label ?? a.spot_id), b.label ?? b.spot_id));
    if (placed) {
        const plan = { width: lot.plan?.width ?? 0, height: lot.plan?.height ?? 0 };
        const width = Math.max(plan.width, ...spots.map((spot) => spot.x + 3));
        const height = Math.max(plan.height, ...spots.map((spot) => spot.y + 3));
        return { width, height, labels: [],
            bays: named.map((spot) => ({ spot, x: spot.x, y: spot.y, rotation: spot.rotation ?? 0 })) };
    }
    const zones = new Map();
    for (const spot of named) zones.set(spot.zone ?? '', [...(zones.get(spot.zone ?? '') ?? []), spot]);
    const perRow = 10;
    const bays = [];
    const labels = [];
    let y = 1;
    for (const [zone, members] of [...zones].sort(([a], [b]) => byText(a, b))) {
        if (zone !== '') { labels.push({ text: `Zone ${zone}`, x: 1, y: y + 1 }); y += 2; }
        members.forEach((spot, index) => bays.push({
            spot, rotation: 0, x: 1 + bay.width / 2 + 0.2 + (index % perRow) * (bay.width + 0.4),
            y: y + bay.height / 2 + Math.floor(index / perRow) * (bay.height + 1),
        }));
        y += Math.ceil(members.length / perRow) * (bay.height + 1) + 0.5;
    }
    return { width: 2 + perRow * (bay.width + 0.4), height: y, labels, bays };
}

/** What stands in a bay: a car, an R, a cross, a question mark; nothing when it is free. */
export function Mark({ status, kind }) {
    const letter = kinds[kind]?.letter ?? '';
    const [w, h] = [bay.width, bay.height];
    return html`
        <rect class="bay" x=${-w / 2} y=${-h / 2} width=${w} height=${h} rx="0.35" />
        ${status === 'occupied' && html`
            <g class="bay-car">
                <rect x="-0.85" y="-1.9" width="1.7" height="3.9" rx="0.65" />
                <path class="bay-glass" d="M-0.6 -0.75h1.2l-0.15 -0.65h-0.9ZM-0.55 1.1h1.1l0.12 0.5h-1.34Z" />
            </g>`}
        ${status === 'reserved' && html`<text class="bay-sign" y=${letter ? -0.15 : 0.8}>R</text>`}
        ${status === 'out_of_service' && html`<path class="bay-cross" d="M-0.85 -1.5 0.85 1.5M0.85 -1.5-0.85 1.5" />`}
        ${status === 'unknown' && html`<text class="bay-sign" y=${letter ? -0.15 : 0.8}>?</text>`}
        ${status === 'free' && letter === '' && html`<path class="bay-tick" d="M-0.65 0.1-0.15 0.6 0.7 -0.55" />`}
        ${letter && status !== 'occupied' && status !== 'out_of_service' && html`
            <text class="bay-letter" y=${status === 'free' ? 0.75 : 2.1}>${letter}</text>`}`;
}

export function spotWords(spot, status) {
    const since = instant(spot.since);
    const kind = spot.kind && spot.kind !== 'standard' ? `, ${kindWord(spot.kind).toLowerCase()}` : '';
    const age = since === null || status !== spot.status ? '' : ` for ${span((now() - since) / 1000)}`;
    return `${spot.label ?? spot.spot_id}${kind}: ${statuses[status].word.toLowerCase()}${age}`;
}

/** @param choose(spot) called when one is tapped, or chosen with the keys and Enter */
export function Plan({ lot, level, spots, status, chosen, choose }) {
    const id = useId('plan');
    const element = useRef(null);
    const [at, move] = useState(null);
    const { width, height, bays, labels } = layout(spots, lot);
    const free = spots.filter((spot) => status(spot) === 'free').length;
    const active = bays.find(({ spot }) => spot.spot_id === (at ?? chosen)) ?? null;
    // A finger is wider than a bay: the nearest one is meant.
    const tap = (event) => {
        const box = element.current.getBoundingClientRect();
        const [x, y] = [(event.clientX - box.left) / box.width * width,
            (event.clientY - box.top) / box.height * height];
        let nearest = null;
        for (const each of bays) {
            const far = Math.hypot(each.x - x, each.y - y);
            if (far < 4 && (nearest === null || far < nearest.far)) nearest = { far, spot: each.spot };
        }
        if (nearest) { move(null); choose(nearest.spot); }
    };
    const key = (event) => {
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
        if (event.key === 'Home' || event.key === 'End') {
            event.preventDefault();
            move(bays[event.key === 'Home' ? 0 : bays.length - 1]?.spot.spot_id ?? null);
        } else if (way) {
            event.preventDefault();
            if (!active) { move(bays[0]?.spot.spot_id ?? null); return; }
            let best = null;
            for (const each of bays) {
                const along = (each.x - active.x) * way[0] + (each.y - active.y) * way[1];
                const across = Math.abs((each.x - active.x) * way[1]) + Math.abs((each.y - active.y) * way[0]);
                if (along > 0.5 && (best === null || along + 3 * across < best.far)) best = { far: along + 3 * across,
                    id: each.spot.spot_id };
            }
            if (best) move(best.id);
        } else if ((event.key === 'Enter' || event.key === ' ') && active) {
            event.preventDefault();
            choose(active.spot);
        }
    };
    return html`
        <div class="plan-box">
            <svg class="plan" ref=${element} viewBox=${`0 0 ${width} ${height}`} role="listbox" tabindex="0"
                style=${{ aspectRatio: `${width} / ${height}`,
                    minWidth: `${Math.round(Math.min(width * 8.5, 2400))}px` }}
                aria-label=${t(level === null ? 'plan.says' : 'plan.level', { level, free, all: spots.length })}
                aria-activedescendant=${active ? `${id}-${active.spot.spot_id}` : null} onClick=${tap} onKeyDown=${key}>
                ${labels.map((label) => html`<text key=${label.text} class="plan-zone" x=${label.x} y=${label.y}
                    aria-hidden="true">${label.text}</text>`)}
                ${bays.map(({ spot, x, y, rotation }) => {
                    const word = status(spot);
                    return html`
                        <g key=${spot.spot_id} id=${`${id}-${spot.spot_id}`} class="spot" role="option"
                            data-spot=${spot.spot_id}
                            data-status=${word} data-kind=${spot.kind}
                                data-active=${active?.spot.spot_id === spot.spot_id}
                            data-override=${spot.override ? 'true' : null}
                                aria-selected=${chosen === spot.spot_id ? 'true' : 'false'}
                            aria-label=${spotWords(spot, word)}
                            transform=${`translate(${x} ${y})`}>
                            <g transform=${rotation ? `rotate(${rotation})` : null}><${Mark} status=${word}
                                kind=${spot.kind} /></g>
                        </g>`;
                })}
            </svg>
        </div>`;
}

/** What the shapes mean; only those that are to be seen, and always the first two. */
export function Legend({ counts, present }) {
    const shown = statusOrder.filter((status, index) => index < 2 || counts[status] > 0);
    return html`
        <ul class="legend" role="list" aria-label=${t('legend')}>
            ${shown.map((status) => html`
                <li key=${status}>
                    <svg class="legend-mark spot" data-status=${status} viewBox="-1.6 -2.8 3.2 5.6" width="16"
                        height="28" aria-hidden="true">
                        <${Mark} status=${status} kind="standard" />
                    </svg>
                    ${statuses[status].word}
                    <span class="amount">${counts[status]}</span>
                </li>`)}
            ${Object.entries(kinds).filter(([kind, { letter }]) => letter
                && present.has(kind)).map(([kind, { word, letter }]) => html`
                <li key=${kind}><span class="legend-letter" aria-hidden="true">${letter}</span>${word}</li>`)}
        </ul>`;
}

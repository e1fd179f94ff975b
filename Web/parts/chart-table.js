import { html } from '/lib/html.js';
import { moment } from '/lib/format.js';
import { useTick } from '/lib/hooks.js';
import { t } from '/lib/i18n.js';
import { now } from '/lib/time.js';
import { bounds } from '/parts/chart-model.js';

const most = 200;

/** The points of a chart that are in view, newest first, as a table. */
export function ChartTable({ label, model, view, columns, format }) {
    useTick(view.live);
    const [from, to] = bounds(view, now());
    const rows = [];
    let inView = 0;
    for (let i = model.times.length - 1; i >= 0; i -= 1) {
        if (model.times[i] < from || model.times[i] > to) continue;
        inView += 1;
        if (rows.length < most) rows.push(i);
    }
    return html`
        <div class="scroll-box" tabindex="0" role="region" aria-label=${t('chart.tableOf', { label })}>
            <table>
                <caption>
                    ${inView > most ? t('chart.newest', { most, all: inView }) : t('chart.points', { count: inView })}
                </caption>
                <thead>
                    <tr>
                        <th scope="col">${t('chart.time')}</th>
                        ${columns.map((column) => html`<th scope="col" data-align="end">${column}</th>`)}
                    </tr>
                </thead>
                <tbody>${rows.map((i) => html`
                    <tr key=${model.times[i]}>
                        <th scope="row">${moment(model.times[i] * 1000)}</th>
                        ${columns.map((column, index) => html`
                            <td data-align="end">${format(index, model.values[index][i])}</td>`)}
                    </tr>`)}</tbody>
            </table>
        </div>`;
}

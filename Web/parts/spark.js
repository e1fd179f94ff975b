import { html } from '/lib/html.js';

const width = 120;
const height = 36;
const most = 60;

/** Line through [seconds, value] points between two times; a hole longer than `hole` seconds breaks it. */
function path(points, from, to, least, gap) {
    // Thinned points lie further apart than the readings they stand for.
    const hole = Math.max(gap, 2.5 * (points[points.length - 1][0] - points[0][0]) / (points.length - 1));
    let low = Infinity;
    let high = -Infinity;
    for (const [, value] of points) { low = Math.min(low, value); high = Math.max(high, value); }
    const spread = Math.max(high - low, least, 1e-9);
    const middle = (high + low) / 2;
    const x = (time) => ((time - from) / (to - from)) * (width - 6) + 2;
    const y = (value) => height / 2 - ((value - middle) / spread) * (height - 8);
    let text = '';
    let before = null;
    for (const [time, value] of points) {
        text += `${before === null || time - before > hole ? 'M' : 'L'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
        before = time;
    }
    const [time, value] = points[points.length - 1];
    return { text, end: [x(time), y(value)] };
}

/** Means of neighbours, so that no more points are drawn than there are pixels for; the last one stays as it is. */
function thinned(points) {
    const group = Math.ceil(points.length / most);
    if (group < 2) return points;
    const means = [];
    for (let i = 0; i < points.length; i += group) {
        const part = points.slice(i, i + group);
        means.push([part[part.length - 1][0], part.reduce((sum, [, value]) => sum + value, 0) / part.length]);
    }
    return means;
}

/** A line without axes that shows where a value came from. The words beside it carry the value. */
export function Spark({ points, from, to, least = 0, hole = 120, stale = false }) {
    const shown = thinned(points.filter(([time]) => time >= from));
    const line = shown.length > 1 ? path(shown, from, to, least, hole) : null;
    return html`
        <svg class="spark" viewBox="0 0 ${width} ${height}" width=${width} height=${height} data-stale=${stale}
            aria-hidden="true" focusable="false">
            <path class="spark-base" d="M2 ${height - 1.5}H${width - 4}" />
            ${line && html`
                <path class="spark-line" d=${line.text} />
                ${!stale && html`<circle class="spark-end" cx=${line.end[0]} cy=${line.end[1]} r="2.5" />`}`}
        </svg>`;
}

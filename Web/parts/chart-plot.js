// uPlot set up the way Martlet draws: hairlines, local 24-hour times, one accent, colours from the theme.

import { clock, day, minute } from '/lib/format.js';
import { token } from '/app/theme.js';

function timeLabels(plot, splits, axis, space, step) {
    let before = null;
    return splits.map((seconds) => {
        const at = seconds * 1000;
        const today = new Date(at).toDateString();
        const text = step >= 86_400 ? day(at) : step >= 60 ? minute(at) : clock(at);
        const first = before !== null && before !== today && step < 86_400;
        before = today;
        return first ? day(at) : text;
    });
}

/** Range of the value axis: room above and below, never less than `least`, from nought if `zero`. */
const valueRange = (least, zero) => (plot, low, high) => {
    if (low === null || high === null || low === undefined) return [0, zero ? Math.max(least, 1) : 1];
    const middle = (low + high) / 2;
    const spread = Math.max(high - low, least, Math.abs(middle) * 1e-6, 1e-9);
    if (zero) return [0, Math.max(high, least) * 1.12];
    const room = spread * 0.56;
    return [middle - room, middle + room];
};

/**
 * Room for the labels of the value axis, pixels: as wide as the widest, and for the usual ones the same in all charts
 * of a page.
 */
const usualLabels = 52;
const gap = 6;
function labelRoom(plot, labels, index, cycle) {
    const axis = plot.axes[index];
    // Another cycle must not answer otherwise, or the plot never comes to rest.
    if (cycle > 1) return axis._size;
    if (!labels) return usualLabels;
    plot.ctx.font = axis.font[0];
    const widest = Math.max(0, ...labels.map((label) => plot.ctx.measureText(label ?? '').width / devicePixelRatio));
    return Math.max(usualLabels, Math.ceil(widest) + 2 * gap);
}

/**
 * Options of one plot.
 * @param series {label, tone (a colour token), width}; with `band` the second and third are the upper and lower edge of
 * a shaded band
 * @param zoomed called with two times (seconds) when the reader has drawn over a part
 * @param tick(value, step) a label of the value axis, and how far apart the labels are
 * @param steps the distances that labels may have, if not 1, 2, 5 and their tens
 * @param pointed called with the index under the pointer, or null
 */
export function plotOptions({ width, height, series, band, least, zero, sync, zoomed, pointed, range, tick, steps }) {
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const ink = token('--ink-3');
    const line = token('--chart-grid');
    const none = { show: false };
    const axis = { font, stroke: ink, grid: { stroke: line, width: 1 }, ticks: none, border: none };
    const edge = (label) => ({ label, stroke: 'transparent', width: 0, points: { show: false } });
    const lines = series.map(({ label, tone, dash }) => ({
        label, stroke: token(tone), width: 1.75, dash, spanGaps: false,
        points: { show: (plot, index, first, last) => last - first < 24, size: 5, fill: token(tone), width: 0 },
    }));
    return {
        width, height, ms: 1e-3, padding: [8, 18, 0, 0],
        legend: { show: false },
        cursor: {
            x: true,
            y: false,
            points: {
                size: 7, width: 2, fill: token('--surface'),
                stroke: (plot, index) => plot.series[index].stroke(plot, index),
            },
            drag: { x: true, y: false, setScale: false },
            sync: sync ? { key: sync, setSeries: false } : undefined,
            focus: { prox: -1 },
        },
        scales: { x: { time: true, range }, y: { range: valueRange(least, zero) } },
        axes: [
            { ...axis, space: 72, size: 28, gap: 4, values: timeLabels, grid: { show: false } },
            { ...axis, space: 36, size: labelRoom, gap,
                values: (plot, splits, index, space, step) => splits.map((value) => tick(value, step)),
                ...(steps ? { incrs: steps } : {}) },
        ],
        series: band ? [{}, lines[0], edge('high'), edge('low')] : [{}, ...lines],
        bands: band ? [{ series: [2, 3], fill: token('--chart-band') }] : [],
        hooks: {
            setCursor: [(plot) => pointed(plot.cursor.idx ?? null)],
            setSelect: [(plot) => {
                const { left, width: wide } = plot.select;
                if (wide < 8) return;
                const from = plot.posToVal(left, 'x');
                const to = plot.posToVal(left + wide, 'x');
                plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
                zoomed?.(from, to);
            }],
        },
    };
}

// The readings of one device for a page's view: one chart model a field, filled over HTTP and grown from what is live.
// Each model has three columns: mean, greatest, least of a step; a live reading is all three.

import { useEffect, useMemo, useRef, useState } from '/lib/html.js';
import { stepFor, stepText } from '/lib/thinning.js';
import { instant, now } from '/lib/time.js';
import { ChartModel } from '/parts/chart-model.js';

/** After so many live points a long view is read anew, so that its thinning stays even. */
const refill = 1200;

class Series {
    constructor() {
        /** Seconds without a reading after which the device is silent, and a line breaks. */
        this.silence = 0;
        this.models = new Map();
        /** Start of the last step that the answer had for each field, seconds. */
        this.lastSteps = new Map();
        this.step = 1;
        /** The answer's end, seconds: what was observed until then is in it already. */
        this.end = 0;
        this.added = 0;
    }

    model(field) {
        if (!this.models.has(field)) this.models.set(field, new ChartModel(3));
        return this.models.get(field);
    }

    /**
     * True when a reading of `time` is in the answer's last step already. A device whose clock lags is judged by its
     * own times.
     */
    holds(time, lastStep) {
        return lastStep !== null && time < lastStep + this.step && time <= this.end;
    }

    /** Fills the models with the answers for mean, max and min of the same steps. */
    fill(fields, [mean, high, low], step) {
        this.step = step;
        this.added = 0;
        this.end = (instant(mean.to) ?? now()) / 1000;
        const hole = Math.max(2.5 * step, this.silence);
        const tables = [mean, high, low].map((answer) => new Map(answer.rows.map((row) => [row[0], row])));
        for (const field of fields) {
            const model = this.model(field);
            const columns = [mean, high, low].map((answer) => answer.columns.indexOf(field));
            const times = [];
            const values = [[], [], []];
            for (const row of mean.rows) {
                const middle = columns[0] < 0 ? null : row[columns[0]];
                if (typeof middle !== 'number') continue;
                times.push(instant(row[0]) / 1000);
                values[0].push(middle);
                values[1].push(tables[1].get(row[0])?.[columns[1]] ?? middle);
                values[2].push(tables[2].get(row[0])?.[columns[2]] ?? middle);
            }
            // What arrived while the answer was on its way stays.
            const last = times.length > 0 ? times[times.length - 1] : null;
            model.times.forEach((time, index) => {
                if (time > this.loadedFrom && !this.holds(time, last)) {
                    times.push(time);
                    model.values.forEach((column, at) => values[at].push(column[index]));
                }
            });
            this.lastSteps.set(field, last);
            model.hole = hole;
            model.replace(times, values);
        }
    }

    /** Takes a live reading, {observed_at, values, late}; returns true when the view should be read anew. */
    take(data) {
        const time = instant(data.observed_at) / 1000;
        for (const [field, value] of Object.entries(data.values ?? {})) {
            if (typeof value !== 'number') continue;
            const model = this.model(field);
            if (this.holds(time, this.lastSteps.get(field) ?? null)) continue;
            model.append(time, [value, value, value]);
        }
        this.added += 1;
        return data.late || this.added > refill;
    }
}

/**
 * What a page's charts show: {series, loading, error, gaps, reload, take}; `take` is given each live reading,
 * {observed_at, values: {field: value}, late}.
 * @param of the device's name; @param fields those that have a chart; @param view of `viewOf`
 * @param silence seconds without a reading after which a line breaks
 * @param read(query, options) asks for its readings: from, to, step, agg
 */
export function useSeries({ of, fields, view, silence, read }) {
    const series = useMemo(() => new Series(), [of]);
    series.silence = silence;
    const [state, set] = useState({ loading: true, error: null, gaps: [] });
    const stop = useRef(null);
    const reload = async () => {
        stop.current?.abort();
        const abort = new AbortController();
        stop.current = abort;
        set((old) => ({ ...old, loading: true }));
        const step = stepFor(view.span);
        const present = now() / 1000;
        const [from, to] = view.live ? [present - view.span, null] : [view.from, view.to];
        series.loadedFrom = view.live ? present - 30 : Infinity;
        const query = { from: from.toFixed(3), to: to?.toFixed(3), step: stepText(step) };
        try {
            const ask = (agg) => read({ ...query, agg }, { signal: abort.signal });
            const answers = await Promise.all(['mean', 'max', 'min'].map(ask));
            series.fill(fields, answers, step);
            set({ loading: false, error: null, gaps: answers[0].incomplete ?? [] });
        } catch (error) {
            if (!abort.signal.aborted) set({ loading: false, error, gaps: [] });
        }
    };
    const current = useRef(reload);
    current.current = reload;
    const key = `${of} ${view.key ?? ''} ${view.live ? '' : `${view.from}-${view.to}`} ${fields.join(',')}`;
    useEffect(() => { current.current(); return () => stop.current?.abort(); }, [key]);
    const timer = useRef(null);
    useEffect(() => () => clearTimeout(timer.current), []);
    const take = (data) => {
        if (series.take(data)) timer.current ??= setTimeout(() => { timer.current = null; current.current(); }, 3000);
    };
    return { series, ...state, reload, take };
}

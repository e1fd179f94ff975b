// The points of one chart: times in seconds since 1970, growing, and one or more columns of values.

/** A live page that stays open for days must not grow for days. */
const most = 6000;

export class ChartModel {
    /**
     * @param {number} columns count of value columns; @param {number} hole seconds without a point after which the
     * line breaks
     */
    constructor(columns = 1, hole = 120) {
        this.columns = columns;
        this.hole = hole;
        this.times = [];
        this.values = Array.from({ length: columns }, () => []);
        this.listeners = new Set();
    }

    watch(listener) {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    get count() { return this.times.length; }
    get lastTime() { return this.times.length > 0 ? this.times[this.times.length - 1] : null; }

    /** New points instead of all there are. `columns` are arrays as long as `times`. */
    replace(times, columns) {
        this.times = times;
        this.values = columns;
        this.tell();
    }

    /** One more point; a late one goes where it belongs, one of the same time replaces. */
    append(time, values) {
        let at = this.times.length;
        while (at > 0 && this.times[at - 1] > time) at -= 1;
        if (at > 0 && this.times[at - 1] === time) {
            values.forEach((value, column) => { this.values[column][at - 1] = value; });
        } else {
            this.times.splice(at, 0, time);
            values.forEach((value, column) => this.values[column].splice(at, 0, value));
        }
        const extra = this.times.length - most;
        if (extra > 0) {
            this.times.splice(0, extra);
            for (const column of this.values) column.splice(0, extra);
        }
        this.tell();
    }

    /**
     * Arrays as a plot wants them, with an empty point in every hole so that no line is drawn where nothing was heard.
     */
    plotted() {
        const times = [];
        const columns = this.values.map(() => []);
        for (let i = 0; i < this.times.length; i += 1) {
            if (i > 0 && this.times[i] - this.times[i - 1] > this.hole) {
                times.push((this.times[i] + this.times[i - 1]) / 2);
                for (const column of columns) column.push(null);
            }
            times.push(this.times[i]);
            columns.forEach((column, index) => column.push(this.values[index][i]));
        }
        return [times, ...columns];
    }

    /**
     * Least, greatest and mean of what lies between two times (seconds): {count, low, high, mean, first, last}, or
     * null.
     */
    summary(from, to, { mean = 0, low = mean, high = mean } = {}) {
        let count = 0;
        let sum = 0;
        let least = Infinity;
        let greatest = -Infinity;
        let last = null;
        for (let i = 0; i < this.times.length; i += 1) {
            if (this.times[i] < from || this.times[i] > to) continue;
            const value = this.values[mean][i];
            if (typeof value !== 'number') continue;
            count += 1;
            sum += value;
            least = Math.min(least, this.values[low][i] ?? value);
            greatest = Math.max(greatest, this.values[high][i] ?? value);
            last = value;
        }
        return count === 0 ? null : { count, low: least, high: greatest, mean: sum / count, last };
    }

    tell() {
        for (const listener of [...this.listeners]) listener();
    }
}

/** A span of time that a page's charts share: `live` follows the clock, otherwise from and to stand still. Seconds. */
export const bounds = (view, present) => (view.live
    ? [present / 1000 - view.span, present / 1000] : [view.from, view.to]);

// What draws a chart is large and may never be needed; it is fetched when a chart comes into view.

/** How far below what is seen a chart may be, in pixels, for its drawing to be worth fetching. */
const near = 100;

let loading = null;
let begin = () => {};
const watcher = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) begin(); },
    { rootMargin: `${near}px` });

/**
 * uPlot itself, its sheet and how it is set up ([uPlot, plotOptions]): fetched when the first chart, in `box`, comes
 * into view: on a phone that may be never.
 */
export function loadPlot(box) {
    loading ??= new Promise((done, fail) => {
        begin = () => {
            begin = () => {};
            watcher.disconnect();
            const sheet = document.createElement('link');
            sheet.rel = 'stylesheet';
            sheet.href = '/vendor/uplot.css';
            // A picture that is drawn before its sheet is there would jump; without any it is drawn all the same.
            const styled = new Promise((there) => { sheet.onload = sheet.onerror = there; });
            document.head.append(sheet);
            Promise.all([import('/vendor/uplot.js'), import('/parts/chart-plot.js'), styled])
                .then(([{ default: uPlot }, { plotOptions }]) => done([uPlot, plotOptions]),
                    (error) => { loading = null; watcher.disconnect(); fail(error); });
        };
    });
    watcher.observe(box);
    return loading;
}

// Style sheets that only some pages need: each is put into the document when the first of them is opened.

const sheets = new Map();

/** Puts a sheet into the document, before what is for paper; settles when it can be drawn with. */
function styled(path) {
    if (!sheets.has(path)) {
        sheets.set(path, new Promise((done) => {
            const link = document.createElement('link');
            link.rel = 'stylesheet';
            link.href = path;
            // Without its sheet a page is plain, but it is there.
            link.onload = link.onerror = done;
            const last = document.querySelector('link[rel="stylesheet"][href="/styles/print.css"]');
            if (last) last.before(link); else document.head.append(link);
        }));
    }
    return sheets.get(path);
}

/** Loads a module together with its sheets: nothing of it is drawn without its style. */
export async function loadStyled(load, paths) {
    const [module] = await Promise.all([load(), ...paths.map(styled)]);
    return module;
}

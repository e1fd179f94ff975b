// Keeps the driver page's files so that it opens without a network. Answers of the API and everything else that is
// not a file of the pages are never kept and never answered from here.
//
// It lay at /parking-worker.js once. A browser knows a worker by its scope: the page registers this one for the same
// scope, and it takes the place of the old one. Until then the old one goes on, because a script that is not found any
// more ends no registration (W3C Service Workers, Update); it asks the network first, and so finds the new page.

const name = 'martlet-parking-3';
const shell = [
    '/parking', '/app/boot.js', '/app/main.js', '/favicon.svg', '/parking/manifest.webmanifest',
    '/parking/icon-192.png',
    // The list of car parks, for somebody who came by a link to one of them.
    '/parking/lots.js', '/parking/lots.en.js', '/parts/search.js',
];
const patience = 4000;

const isFile = (path) => /\.(js|css|svg|png|webmanifest)$/.test(path) && !path.startsWith('/api/');
/** The driver's pages; those of the owner and the board are never kept. */
const isDriver = (path) => path === '/parking' || /^\/parking\/(?!owner(\/|$)|board(\/|$))[^/.]+$/.test(path);

self.addEventListener('install', (event) => {
    event.waitUntil(caches.open(name).then((cache) => cache.addAll(shell)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
    event.waitUntil(caches.keys()
        .then((names) =>
            Promise.all(names.filter((each) => each.startsWith('martlet-parking-')
            && each !== name).map((each) => caches.delete(each))))
        .then(() => self.clients.claim())
        // What the page has loaded before there was a worker is loaded once more, for the next time.
        .then(() => self.clients.matchAll()).then((pages) =>
            pages.forEach((page) => page.postMessage({ type: 'files' }))));
});

self.addEventListener('message', (event) => {
    if (event.data?.type !== 'files') return;
    const wanted = event.data.files.filter((path) => typeof path === 'string' && isFile(path)).slice(0, 200);
    event.waitUntil(caches.open(name).then((cache) =>
        Promise.all(wanted.map((path) => cache.add(path).catch(() => {})))));
});

/** The network first, so that a new version is never kept from anybody; what is kept when there is no network. */
async function answer(request, key) {
    const cache = await caches.open(name);
    const kept = () => cache.match(key);
    let timer;
    try {
        const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error('late')), patience); });
        const network = fetch(request);
        const response = await (await kept() ? Promise.race([network, late]) : network);
        // A proxy whose server is gone is as good as no network.
        if (response.status >= 502 && response.status <= 504) return await kept() ?? response;
        if (response.ok && response.type === 'basic') await cache.put(key, response.clone());
        return response;
    } catch (error) {
        const old = await kept();
        if (old) return old;
        throw error;
    } finally { clearTimeout(timer); }
}

self.addEventListener('fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== location.origin) return;
    if (request.mode === 'navigate') {
        if (isDriver(url.pathname)) event.respondWith(answer(request, '/parking'));
    } else if (isFile(url.pathname)) event.respondWith(answer(request, url.pathname));
});

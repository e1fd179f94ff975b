// Contrast of every piece of text that is shown, against the colour behind it (WCAG 2, 1.4.3): {checked, faint: [...]}.
() => {
    const parse = (text) => {
        const [, inner] = /rgba?\(([^)]*)\)/.exec(text) ?? [null, null];
        if (inner === null) return null;
        const [r, g, b, a = '1'] = inner.split(/[\s,/]+/).filter(Boolean);
        return [Number(r), Number(g), Number(b), a.endsWith('%') ? parseFloat(a) / 100 : Number(a)];
    };
    const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
    const luminance = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const behind = (element) => {
        const layers = [];
        for (let e = element; e; e = e.parentElement) {
            const colour = parse(getComputedStyle(e).backgroundColor);
            if (colour && colour[3] > 0) { layers.push(colour); if (colour[3] === 1) break; }
        }
        return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
    };
    const faint = [];
    let checked = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (walker.currentNode.textContent.trim() === '' || element.closest('.unseen, .skip, option, noscript, [disabled]')) continue;
        const style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        if (box.width === 0 || style.visibility === 'hidden' || !element.checkVisibility()) continue;
        const back = behind(element);
        const ink = over(parse(style.color), back);
        const [a, b] = [luminance(ink), luminance(back)];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        checked += 1;
        if (ratio < (large ? 3 : 4.5)) {
            faint.push({ where: `${element.tagName.toLowerCase()}.${element.className} in ${element.parentElement.tagName.toLowerCase()}.${element.parentElement.className}`,
                text: walker.currentNode.textContent.trim().slice(0, 40), ratio: Math.round(ratio * 100) / 100, ink: style.color, back: back.map(Math.round).join() });
        }
    }
    return { checked, faint };
}

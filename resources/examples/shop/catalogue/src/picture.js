/** A small random source with a seed, so that one product always looks the same. */
function randomFrom(seed) {
  let state = [...seed].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16777619), 2166136261) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const PALETTES = [
  { wall: '#f3e9dc', floor: '#e4d3bd', main: '#c8553d', second: '#8f3b2a', light: '#f7c59f' },
  { wall: '#e3ebe4', floor: '#cbd8cd', main: '#588b6c', second: '#355e48', light: '#b7d3b0' },
  { wall: '#e2e8f0', floor: '#c9d3e0', main: '#44648c', second: '#2b4263', light: '#a9c1de' },
  { wall: '#f4e6e8', floor: '#e3cdd1', main: '#a8576b', second: '#713746', light: '#e8b8c2' },
  { wall: '#f6efd9', floor: '#e8dcb5', main: '#d19a2e', second: '#8f6717', light: '#f3d58a' },
  { wall: '#e8e4ee', floor: '#d2cbdf', main: '#6c5a8e', second: '#463a60', light: '#c3b5de' },
];

const DRAW = {
  Lighting(p, random) {
    const top = 60 + random() * 30;
    const width = 62 + random() * 44;
    if (random() < 0.5) {
      return `<path d="M200 0V${top}" stroke="${p.second}" stroke-width="4"/>
        <path d="M${200 - width} ${top + 92}Q${200 - width} ${top} 200 ${top}T${200 + width} ${top + 92}Z" fill="${p.main}"/>
        <ellipse cx="200" cy="${top + 92}" rx="${width}" ry="11" fill="${p.light}"/>
        <path d="M${200 - width} ${top + 96}L${160 - width} 330H${240 + width}L${200 + width} ${top + 96}Z" fill="${p.light}" opacity=".28"/>`;
    }
    return `<circle cx="200" cy="168" r="128" fill="${p.light}" opacity=".35"/>
      <rect x="196" y="150" width="8" height="152" fill="${p.second}"/>
      <ellipse cx="200" cy="304" rx="52" ry="12" fill="${p.second}"/>
      <path d="M${200 - width * 0.6} 92H${200 + width * 0.6}L${200 + width} 186H${200 - width}Z" fill="${p.main}"/>`;
  },
  Ceramics(p, random) {
    const neck = 22 + random() * 46;
    const belly = 64 + random() * 34;
    const top = 96 + random() * 70;
    return `<ellipse cx="200" cy="306" rx="${belly + 12}" ry="12" fill="${p.second}" opacity=".25"/>
      <path d="M${200 - neck} ${top}C${200 - neck} ${top + 60} ${200 - belly} ${top + 60} ${200 - belly} 240Q${200 - belly} 306 200 306T${200 + belly} 240C${200 + belly} ${top + 60} ${200 + neck} ${top + 60} ${200 + neck} ${top}Z" fill="${p.main}"/>
      <path d="M${200 - belly} 226Q200 ${252 + random() * 14} ${200 + belly} 226V240Q${200 + belly} 306 200 306T${200 - belly} 240Z" fill="${p.second}" opacity=".55"/>
      <ellipse cx="200" cy="${top}" rx="${neck}" ry="9" fill="${p.second}"/>
      <path d="M${200 - belly + 18} 226Q${200 - belly + 24} ${top + 76} ${200 - neck + 12} ${top + 34}" stroke="${p.light}" stroke-width="7" stroke-linecap="round" fill="none" opacity=".8"/>`;
  },
  Seating(p, random) {
    const width = 58 + random() * 26;
    const back = 84 + random() * 50;
    const bars = 2 + Math.floor(random() * 3);
    const rungs = Array.from({ length: bars }, (_, index) => {
      const y = back + 14 + (index * (190 - back)) / bars;
      return `<rect x="${200 - width}" y="${y}" width="${2 * width}" height="10" rx="5" fill="${p.main}"/>`;
    }).join('');
    return `<path d="M${200 - width} ${back}V312M${200 + width} ${back}V312" stroke="${p.second}" stroke-width="11" stroke-linecap="round"/>
      ${rungs}
      <path d="M${200 - width + 22} 222L${200 - width + 12} 304M${200 + width - 22} 222L${200 + width - 12} 304" stroke="${p.second}" stroke-width="8" stroke-linecap="round" opacity=".7"/>
      <rect x="${200 - width - 10}" y="202" width="${2 * width + 20}" height="26" rx="12" fill="${p.main}"/>
      <rect x="${200 - width - 4}" y="206" width="${2 * width + 8}" height="8" rx="4" fill="${p.light}" opacity=".75"/>`;
  },
  Plants(p, random) {
    const count = 7 + Math.floor(random() * 5);
    const leaves = Array.from({ length: count }, (_, index) => {
      const angle = -72 + (144 * index) / (count - 1) + (random() - 0.5) * 12;
      const length = 96 + random() * 52;
      const colour = ['#4f7d57', '#6c9a62', '#3d6650'][Math.floor(random() * 3)];
      return `<g transform="rotate(${angle.toFixed(1)} 200 236)"><path d="M200 236Q${168 - random() * 8} ${236 - length * 0.6} 200 ${236 - length}Q${232 + random() * 8} ${236 - length * 0.6} 200 236Z" fill="${colour}"/><path d="M200 236V${246 - length}" stroke="#fff" stroke-opacity=".35" stroke-width="2"/></g>`;
    }).join('');
    return `<ellipse cx="200" cy="308" rx="66" ry="10" fill="${p.second}" opacity=".25"/>${leaves}
      <path d="M144 226H256L244 300Q242 308 232 308H168Q158 308 156 300Z" fill="${p.main}"/>
      <rect x="136" y="216" width="128" height="22" rx="6" fill="${p.second}"/>`;
  },
  Textiles(p, random) {
    const stripes = Array.from({ length: 9 }, (_, index) => {
      const colour = [p.main, p.light, p.second, p.wall][Math.floor(random() * 4)];
      return `<rect x="${96 + index * 24}" y="84" width="${10 + random() * 12}" height="226" fill="${colour}"/>`;
    }).join('');
    const fringe = Array.from({ length: 27 }, (_, index) => `M${99 + index * 8} 310v14`).join('');
    return `<g transform="rotate(${(random() * 8 - 4).toFixed(1)} 200 200)"><rect x="92" y="84" width="216" height="226" fill="${p.main}" opacity=".5"/>${stripes}
      <path d="M92 ${120 + random() * 40}H308M92 ${220 + random() * 40}H308" stroke="${p.wall}" stroke-width="6" stroke-dasharray="10 6"/>
      <path d="${fringe}" stroke="${p.second}" stroke-width="3"/></g>`;
  },
};

/** A placeholder picture, drawn from the product's own words: the same product is always drawn the same. */
export function drawPicture({ slug, category }) {
  const random = randomFrom(slug);
  const palette = PALETTES[Math.floor(random() * PALETTES.length)];
  const draw = DRAW[category] ?? DRAW.Ceramics;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 360" role="img">
  <rect width="400" height="360" fill="${palette.wall}"/>
  <rect y="288" width="400" height="72" fill="${palette.floor}"/>
  ${draw(palette, random)}
</svg>
`;
}

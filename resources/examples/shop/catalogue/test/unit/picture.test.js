import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawPicture } from '../../src/picture.js';

test('one product is always drawn the same, two products differ', () => {
  const first = drawPicture({ slug: 'tide-bowl', category: 'Ceramics' });
  assert.equal(first, drawPicture({ slug: 'tide-bowl', category: 'Ceramics' }));
  assert.notEqual(first, drawPicture({ slug: 'salt-pig', category: 'Ceramics' }));
});

test('every category has a drawing without a hole in it', () => {
  for (const category of ['Lighting', 'Ceramics', 'Seating', 'Plants', 'Textiles', 'Unheard of']) {
    const picture = drawPicture({ slug: `a-${category}`, category });
    assert.match(picture, /^<svg [^]*<\/svg>\n$/);
    assert.doesNotMatch(picture, /NaN|undefined/);
  }
});

/** The catalogue's answers, as the storefront needs them. */
export function createCatalogueClient(base) {
  async function ask(path) {
    const response = await fetch(`${base}${path}`, { signal: AbortSignal.timeout(3_000) });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`the catalogue answered ${response.status}`);
    return response.json();
  }
  return {
    list: (parameters) => ask(`/products?${new URLSearchParams(parameters)}`),
    find: (slug) => ask(`/products/${encodeURIComponent(slug)}`),
    categories: () => ask('/categories'),
    picture: (slug) => fetch(`${base}/products/${encodeURIComponent(slug)}/picture.svg`, { signal: AbortSignal.timeout(3_000) }),
    check: () => ask('/health'),
  };
}

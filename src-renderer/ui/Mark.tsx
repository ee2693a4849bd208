/** The mark: a stage facade with its brace and a lit door. */
export function Mark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7.5" fill="#10333c" />
      <path d="M20.6 11.4 26.4 24" stroke="#6fb7c6" strokeWidth="2.1" strokeLinecap="round" />
      <path d="M6.4 24.6V11.5h2.9V7.2h8.4v4.3h2.9v13.1z" fill="#f4efe4" />
      <path d="M10.9 24.6v-5.3a2.6 2.6 0 0 1 5.2 0v5.3z" fill="#eda63c" />
      <path d="M4.6 25.2h22.8" stroke="#f4efe4" strokeWidth="1.9" strokeLinecap="round" />
    </svg>
  );
}

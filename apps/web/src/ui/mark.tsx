/** The mark: three notches, the last one open (the watchword of tonight). One colour, and sharp at 16 pixels. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
      <path
        fillRule="evenodd"
        d="M4 1h8a3 3 0 0 1 3 3v8a3 3 0 0 1-2 2.83V6a1 1 0 0 0-2 0v9H4a3 3 0 0 1-3-3V4a3 3 0 0 1 3-3Zm0 4a1 1 0 0 0-1 1v4a1 1 0 0 0 2 0V6a1 1 0 0 0-1-1Zm4 0a1 1 0 0 0-1 1v4a1 1 0 0 0 2 0V6a1 1 0 0 0-1-1Z"
      />
    </svg>
  );
}

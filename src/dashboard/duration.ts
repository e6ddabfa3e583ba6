/** 45 s, 4:32, 1:04:32 or 29 d 23:59:59: as public/vault.js writes it from then on. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const pad = (n: number) => String(n).padStart(2, '0');
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  const clock = hours || days ? `${hours}:${pad(minutes)}` : String(minutes);
  return `${days ? `${days} d ` : ''}${clock}:${pad(seconds % 60)}`;
}

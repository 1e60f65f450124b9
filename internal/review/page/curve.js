// Sinusoids: z(azimuth) = z + amplitude cos(azimuth - its azimuth), metres and degrees, depth down.
import { rad } from "./logpage.js";

export const depthAt = (c, azimuth) => c.z + c.amplitude * Math.cos((azimuth - c.azimuth) * rad);
export const wrap = (deg) => ((deg % 360) + 360) % 360;

// proper makes the amplitude of a curve 0 or more.
export function proper(c) {
  return c.amplitude < 0 ? { z: c.z, amplitude: -c.amplitude, azimuth: wrap(c.azimuth + 180) } : { z: c.z, amplitude: c.amplitude, azimuth: wrap(c.azimuth) };
}

// through is the curve through three points [azimuth, depth], or null where they lie too close together.
export function through(points) {
  const rows = points.map(([azimuth, z]) => [1, Math.cos(azimuth * rad), Math.sin(azimuth * rad), z - points[0][1]]);
  const det = (i, j, k) => rows[0][i] * (rows[1][j] * rows[2][k] - rows[1][k] * rows[2][j]) -
    rows[0][j] * (rows[1][i] * rows[2][k] - rows[1][k] * rows[2][i]) + rows[0][k] * (rows[1][i] * rows[2][j] - rows[1][j] * rows[2][i]);
  const whole = det(0, 1, 2);
  if (whole * whole < 27e-5) return null; // as the server
  const a = det(0, 3, 2) / whole, b = det(0, 1, 3) / whole;
  return { z: points[0][1] + det(3, 1, 2) / whole, amplitude: Math.hypot(a, b), azimuth: wrap(Math.atan2(b, a) / rad) };
}

import { z } from 'zod';

import type { Operation } from './operation.ts';

const tag = 'The dashboard';

/** The web page for people, and what it lives on. */
export const dashboardOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/dashboard',
    id: 'getDashboard',
    tag,
    summary: "The page with every credential's health",
    description:
      'An empty shell: what it shows comes over /dashboard/events, to callers with the permission status.',
    access: 'anybody',
    answers: [{ status: 200, description: 'The page', content: { 'text/html': z.string() } }],
    problems: [],
  },
  {
    method: 'get',
    path: '/dashboard/assets/{file}',
    id: 'getDashboardFile',
    tag,
    summary: "The page's own styles, scripts and icon",
    description: 'Compressed where the browser can read that, and with an ETag.',
    access: 'anybody',
    parameters: {
      path: z.object({
        file: z
          .string()
          .meta({ description: 'The name of a file, as the page requests it', examples: ['page.css'] }),
      }),
    },
    answers: [
      {
        status: 200,
        description: 'The file',
        content: { 'text/css': z.string(), 'text/javascript': z.string(), 'image/svg+xml': z.string() },
      },
      { status: 304, description: 'It is the one that If-None-Match names' },
    ],
    problems: ['route_not_found'],
  },
  {
    method: 'get',
    path: '/dashboard/login',
    id: 'logInToDashboard',
    tag,
    summary: 'Has the browser ask for name and key with its own dialog',
    description: 'From then on the browser sends them below /dashboard/, and nowhere else.',
    access: 'anybody',
    answers: [
      {
        status: 303,
        description: 'The browser is logged in: back to the page',
        headers: { Location: 'The page' },
      },
      {
        status: 401,
        description: 'The browser has to ask',
        headers: { 'WWW-Authenticate': 'Basic, which makes browsers ask' },
        content: { 'text/html': z.string() },
      },
    ],
    problems: ['rate_limited'],
  },
  {
    method: 'get',
    path: '/dashboard/events',
    id: 'followDashboard',
    tag,
    summary: 'What the page shows, as server-sent events',
    description:
      'Permission status. First snapshot, with all that the caller may see, then changes as they happen; callers-file when its health changes; refused, and the end, when the caller may not look any more. For the page alone: what the events hold may change with any version.',
    access: 'caller',
    answers: [
      {
        status: 200,
        description: 'The events, until either side ends them',
        content: { 'text/event-stream': z.string() },
      },
    ],
    problems: ['unauthenticated', 'forbidden', 'rate_limited'],
    curl: ['-N'],
  },
];

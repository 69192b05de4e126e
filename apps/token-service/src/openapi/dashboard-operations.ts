import { z } from 'zod';

import type { Operation } from './operation.ts';

const tag = 'The dashboard';

/** The dashboard page, and the requests that the page sends. */
export const dashboardOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/dashboard',
    id: 'getDashboard',
    tag,
    summary: "The page with every credential's health",
    description:
      'The page without data. It reads the data from /dashboard/events, as a caller with the permission status.',
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
    description: 'Compressed if the browser accepts that, with an ETag.',
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
      { status: 304, description: 'The file still has the ETag that If-None-Match names' },
    ],
    problems: ['route_not_found'],
  },
  {
    method: 'get',
    path: '/dashboard/login',
    id: 'logInToDashboard',
    tag,
    summary: 'Makes the browser ask for the name and key of a caller',
    description: 'The browser then sends them below /dashboard/ and nowhere else.',
    access: 'anybody',
    answers: [
      {
        status: 303,
        description: 'The browser is logged in and returns to the page',
        headers: { Location: 'The page' },
      },
      {
        status: 401,
        description: 'The browser must ask for name and key',
        headers: { 'WWW-Authenticate': 'Basic, which makes the browser ask' },
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
    summary: 'The data of the page, as server-sent events',
    description:
      'Needs the permission status. The first event, snapshot, has everything that the caller may see; the others follow as changes happen. callers-file reports the health of the callers file. refused ends the stream when the caller loses its permission. Only the page should use these events: their content may change with any version.',
    access: 'caller',
    answers: [
      {
        status: 200,
        description: 'The events, until either side closes the connection',
        content: { 'text/event-stream': z.string() },
      },
    ],
    problems: ['unauthenticated', 'forbidden', 'rate_limited'],
    curl: ['-N'],
  },
];

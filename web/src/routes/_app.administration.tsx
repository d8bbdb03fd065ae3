import { createFileRoute, Outlet } from '@tanstack/react-router'
import { Administration } from '@/features/administration/administration'

export const Route = createFileRoute('/_app/administration')({
  component: () => (
    <Administration>
      <Outlet />
    </Administration>
  ),
})

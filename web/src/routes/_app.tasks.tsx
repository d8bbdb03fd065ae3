import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { TasksPage } from '@/features/activities/tasks-page'
import { listInAddress } from '@/shared/views'

export const Route = createFileRoute('/_app/tasks')({
  validateSearch: z.object(listInAddress),
  component: Tasks,
})

function Tasks() {
  const navigate = Route.useNavigate()
  const found = Route.useSearch()
  return <TasksPage search={found} onSearch={(next) => void navigate({ search: next })} />
}

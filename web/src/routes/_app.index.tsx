import { createFileRoute } from '@tanstack/react-router'
import { MyDayPage } from '@/features/activities/my-day-page'
import { Worklists } from '@/features/sales/worklists'

export const Route = createFileRoute('/_app/')({
  component: () => <MyDayPage aside={<Worklists />} />,
})

import { createFileRoute } from '@tanstack/react-router'
import { MyDayPage } from '@/features/activities/my-day-page'
import { WithoutNextStep } from '@/features/sales/without-next-step'

export const Route = createFileRoute('/_app/')({
  component: () => <MyDayPage aside={<WithoutNextStep />} />,
})

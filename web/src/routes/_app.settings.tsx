import { createFileRoute } from '@tanstack/react-router'
import { FeedSection } from '@/features/activities/feed-section'
import { OutsideSection } from '@/features/activities/outside-section'
import { SettingsPage } from '@/features/identity/settings-page'
import { WishesSection } from '@/features/notices/wishes-section'

export const Route = createFileRoute('/_app/settings')({
  component: () => <SettingsPage calendar={<Calendars />} notices={<WishesSection />} />,
})

function Calendars() {
  return (
    <>
      <FeedSection />
      <OutsideSection />
    </>
  )
}

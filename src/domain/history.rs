//! The kinds of lines in the append-only history, with the words they are shown in. Not who did it or to what: those are ids beside the kind.

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    Requested,
    Booked,
    Approved,
    Declined,
    Outrun,
    Withdrawn,
    Expired,
    Cancelled,
    Displaced,
    Reinstated,
    BlockMade,
    BlockLifted,
    OrganisationApplied,
    OrganisationApproved,
    OrganisationDeclined,
    OrganisationSuspended,
    OrganisationReinstated,
    OrganisationTrusted,
    TrustEnded,
    MemberInvited,
    MemberJoined,
    MemberChanged,
    MemberLeft,
    StaffChanged,
    /// 1 where the person was named, 0 where they no longer lead.
    SafeguardingLead,
    SiteChanged,
    FacilityChanged,
    RulesChanged,
    HoursChanged,
    LeftOut,
    ConditionOffered,
    ConditionAccepted,
    ChangeAsked,
    ChangeApproved,
    ChangeDeclined,
    ChangeLapsed,
    ChangeWithdrawn,
    Changed,
    Moved,
    Exchanged,
    Split,
    DateAdded,
    EndedEarly,
    CutShort,
    MadeLonger,
    NeededAsked,
    NeededAnswered,
    WaitingJoined,
    WaitingLeft,
    OfferMade,
    OfferTaken,
    OfferLapsed,
    NoticeMade,
    NoticeLifted,
    Shared,
    ShareEnded,
    RulesSetAside,
    Arrived,
    Left,
    ArrivalTakenBack,
    KeyLent,
    KeyBack,
    TenancyRenewed,
    TenancyNotice,
    TenancyGoesOn,
    PlotChanged,
    PapersAwaited,
    PapersIn,
    PapersSetAside,
    PaperAdded,
    PaperWithdrawn,
    PaperAccepted,
    PaperReturned,
    PaperRanOut,
    TermsChanged,
    JobTicked,
    /// Lines of the closing list; the number says how many are left.
    ClosingTicked,
    ClosingListChanged,
    /// Extras by the row of theirs.
    ExtraAdded,
    ExtraChanged,
    ExtraRetired,
    JobUnticked,
    InductionRecorded,
    InductionRemoved,
    FaultReported,
    FaultChanged,
    FaultMended,
    AttendanceRecorded,
    NoShow,
    NoShowTakenBack,
    DoorMade,
    DoorEnded,
    DutyGiven,
    DutyTaken,
    DutyHandedBack,
    DutyTakenOff,
    DutyNeedSet,
    /// How many were asked to help.
    CoverAsked,
    /// 1 where volunteers see all sessions, 0 where they see those that they are on.
    VolunteersSee,
    RatesChanged,
    ServicesChanged,
    /// What happened to an account; the person is its owner.
    SecondStepOn,
    SecondStepOff,
    SecondStepReset,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    CodeWrong,
    CodeReplayed,
    LinkRefused,
    SignInPaused,
    NewDevice,
    PasswordChanged,
    AddressAsked,
    AddressChanged,
    AddressPutBack,
    HandedOver,
    RightLapsed,
    RightKept,
    RightRestored,
    SettingsChanged,
    /// The person is the one who was erased, or whose bookings went to another.
    PersonErased,
    DataTaken,
    RetentionChanged,
    /// The number says how many rows went.
    RetentionRun,
    StatementChanged,
    /// Out of a file.
    Imported,
    /// As a file; the number says of which kind.
    Exported,
}

/// A kind with its code, the value of `data-state` for its mark, and its words.
type Row = (EventKind, &'static str, &'static str, &'static str);

impl EventKind {
    const TABLE: &'static [Row] = &[
        (Self::Requested, "requested", "requested", "Requested"),
        (Self::Booked, "booked", "confirmed", "Confirmed straight away"),
        (Self::Approved, "approved", "confirmed", "Approved"),
        (Self::Declined, "declined", "declined", "Declined"),
        (Self::Outrun, "outrun", "declined", "Declined, the place was taken"),
        (Self::Withdrawn, "withdrawn", "cancelled", "Withdrawn"),
        (Self::Expired, "expired", "cancelled", "Expired without an answer"),
        (Self::Cancelled, "cancelled", "cancelled", "Cancelled"),
        (Self::Displaced, "displaced", "declined", "Place lost"),
        (Self::Reinstated, "reinstated", "confirmed", "Put back"),
        (Self::BlockMade, "block_made", "closed", "Closed for a time"),
        (Self::BlockLifted, "block_lifted", "free", "Opened again"),
        (Self::OrganisationApplied, "organisation_applied", "requested", "Organisation applied"),
        (Self::OrganisationApproved, "organisation_approved", "confirmed", "Organisation approved"),
        (Self::OrganisationDeclined, "organisation_declined", "declined", "Organisation declined"),
        (Self::OrganisationSuspended, "organisation_suspended", "closed", "Organisation suspended"),
        (Self::OrganisationReinstated, "organisation_reinstated", "confirmed", "Organisation reinstated"),
        (Self::OrganisationTrusted, "organisation_trusted", "confirmed", "Organisation trusted"),
        (Self::TrustEnded, "trust_ended", "cancelled", "Trust ended"),
        (Self::MemberInvited, "member_invited", "requested", "Invited"),
        (Self::MemberJoined, "member_joined", "confirmed", "Joined"),
        (Self::MemberChanged, "member_changed", "free", "Role changed"),
        (Self::MemberLeft, "member_left", "cancelled", "Left"),
        (Self::StaffChanged, "staff_changed", "free", "Staff changed"),
        (Self::SafeguardingLead, "safeguarding_lead", "requested", "Safeguarding lead changed"),
        (Self::SiteChanged, "site_changed", "free", "Site changed"),
        (Self::FacilityChanged, "facility_changed", "free", "Facility changed"),
        (Self::RulesChanged, "rules_changed", "free", "Rules changed"),
        (Self::HoursChanged, "hours_changed", "free", "Hours changed"),
        (Self::LeftOut, "left_out", "cancelled", "Left out"),
        (Self::ConditionOffered, "condition_offered", "requested", "Approved on a condition"),
        (Self::ConditionAccepted, "condition_accepted", "confirmed", "Condition accepted"),
        (Self::ChangeAsked, "change_asked", "requested", "Change asked for"),
        (Self::ChangeApproved, "change_approved", "confirmed", "Change approved"),
        (Self::ChangeDeclined, "change_declined", "declined", "Change declined"),
        (Self::ChangeWithdrawn, "change_withdrawn", "cancelled", "Change taken back"),
        (Self::ChangeLapsed, "change_lapsed", "cancelled", "Change ran out without an answer"),
        (Self::Changed, "changed", "free", "Changed"),
        (Self::Moved, "moved", "free", "Moved to another place"),
        (Self::Exchanged, "exchanged", "free", "Rooms exchanged"),
        (Self::Split, "split", "free", "Split into two bookings"),
        (Self::DateAdded, "date_added", "free", "Date added"),
        (Self::EndedEarly, "ended_early", "free", "Finished early"),
        (Self::CutShort, "cut_short", "closed", "Cut short by a closure"),
        (Self::MadeLonger, "made_longer", "free", "Made longer"),
        (Self::NeededAsked, "needed_asked", "requested", "Asked whether it is still needed"),
        (Self::NeededAnswered, "needed_answered", "confirmed", "Still needed"),
        (Self::WaitingJoined, "waiting_joined", "requested", "Joined the waiting list"),
        (Self::WaitingLeft, "waiting_left", "cancelled", "Left the waiting list"),
        (Self::OfferMade, "offer_made", "requested", "Place offered"),
        (Self::OfferTaken, "offer_taken", "confirmed", "Offer taken"),
        (Self::OfferLapsed, "offer_lapsed", "cancelled", "Offer ran out"),
        (Self::NoticeMade, "notice_made", "free", "Notice given"),
        (Self::NoticeLifted, "notice_lifted", "free", "Notice taken back"),
        (Self::Shared, "shared", "free", "Shared with a second organisation"),
        (Self::ShareEnded, "share_ended", "free", "No longer shared"),
        (Self::RulesSetAside, "rules_set_aside", "free", "Rules set aside by the site"),
        (Self::Arrived, "arrived", "free", "Arrived"),
        (Self::Left, "left", "free", "Left the building"),
        (Self::ArrivalTakenBack, "arrival_taken_back", "cancelled", "Arrival taken back"),
        (Self::KeyLent, "key_lent", "requested", "Key lent"),
        (Self::KeyBack, "key_back", "free", "Key came back"),
        (Self::TenancyRenewed, "tenancy_renewed", "confirmed", "Another season"),
        (Self::TenancyNotice, "tenancy_notice", "requested", "Notice given"),
        (Self::TenancyGoesOn, "tenancy_goes_on", "confirmed", "Notice taken back"),
        (Self::PlotChanged, "plot_changed", "free", "Plot changed"),
        (Self::PapersAwaited, "papers_awaited", "requested", "Waits for papers"),
        (Self::PapersIn, "papers_in", "confirmed", "Papers are there"),
        (Self::PapersSetAside, "papers_set_aside", "confirmed", "Confirmed without the papers"),
        (Self::PaperAdded, "paper_added", "requested", "Paper added"),
        (Self::PaperWithdrawn, "paper_withdrawn", "cancelled", "Paper taken back"),
        (Self::PaperAccepted, "paper_accepted", "confirmed", "Paper accepted"),
        (Self::PaperReturned, "paper_returned", "declined", "Paper sent back"),
        (Self::PaperRanOut, "paper_ran_out", "declined", "Paper ran out"),
        (Self::TermsChanged, "terms_changed", "free", "Terms changed"),
        (Self::JobTicked, "job_ticked", "confirmed", "Ticked at the end"),
        (Self::ClosingTicked, "closing_ticked", "confirmed", "Closing list ticked"),
        (Self::ClosingListChanged, "closing_list_changed", "free", "Closing list changed"),
        (Self::ExtraAdded, "extra_added", "free", "Extra added"),
        (Self::ExtraChanged, "extra_changed", "free", "Extra changed"),
        (Self::ExtraRetired, "extra_retired", "closed", "Extra retired"),
        (Self::JobUnticked, "job_unticked", "cancelled", "Tick taken back"),
        (Self::InductionRecorded, "induction_recorded", "confirmed", "Induction recorded"),
        (Self::InductionRemoved, "induction_removed", "cancelled", "Induction taken back"),
        (Self::FaultReported, "fault_reported", "requested", "Fault reported"),
        (Self::FaultChanged, "fault_changed", "free", "Fault looked after"),
        (Self::FaultMended, "fault_mended", "confirmed", "Fault mended"),
        (Self::AttendanceRecorded, "attendance_recorded", "free", "Attendance noted"),
        (Self::NoShow, "no_show", "declined", "Nobody came, noted by the site"),
        (Self::NoShowTakenBack, "no_show_taken_back", "cancelled", "“Nobody came” taken back"),
        (Self::DoorMade, "door_made", "free", "Door display made"),
        (Self::DoorEnded, "door_ended", "cancelled", "Door display ended"),
        (Self::DutyGiven, "duty_given", "confirmed", "Volunteer put on"),
        (Self::DutyTaken, "duty_taken", "confirmed", "Volunteer took a duty"),
        (Self::DutyHandedBack, "duty_handed_back", "requested", "Duty handed back"),
        (Self::DutyTakenOff, "duty_taken_off", "cancelled", "Volunteer taken off"),
        (Self::DutyNeedSet, "duty_need_set", "free", "Number of volunteers set"),
        (Self::CoverAsked, "cover_asked", "requested", "Help asked for"),
        (Self::VolunteersSee, "volunteers_see", "free", "What volunteers see changed"),
        (Self::RatesChanged, "rates_changed", "free", "Rates changed"),
        (Self::ServicesChanged, "services_changed", "free", "Services changed"),
        (Self::SecondStepOn, "second_step_on", "confirmed", "Second step set up"),
        (Self::SecondStepOff, "second_step_off", "cancelled", "Second step turned off"),
        (Self::SecondStepReset, "second_step_reset", "cancelled", "Second step removed by an administrator"),
        (Self::RecoveryCodesMade, "recovery_codes_made", "free", "New recovery codes"),
        (Self::RecoveryCodeUsed, "recovery_code_used", "requested", "Recovery code used"),
        (Self::CodeWrong, "code_wrong", "declined", "Wrong code"),
        (Self::CodeReplayed, "code_replayed", "declined", "Code used a second time"),
        (Self::LinkRefused, "link_refused", "declined", "Used link tried again"),
        (Self::SignInPaused, "sign_in_paused", "closed", "Too many wrong tries"),
        (Self::NewDevice, "new_device", "requested", "Signed in from a new device"),
        (Self::PasswordChanged, "password_changed", "free", "Password changed"),
        (Self::AddressAsked, "address_asked", "requested", "New email address asked for"),
        (Self::AddressChanged, "address_changed", "free", "Email address changed"),
        (Self::AddressPutBack, "address_put_back", "cancelled", "Email address put back"),
        (Self::HandedOver, "handed_over", "free", "Handed over to somebody else"),
        (Self::RightLapsed, "right_lapsed", "cancelled", "Right lapsed unused"),
        (Self::RightKept, "right_kept", "free", "Unused right kept, it is the last"),
        (Self::RightRestored, "right_restored", "confirmed", "Right restored"),
        (Self::SettingsChanged, "settings_changed", "free", "Settings changed"),
        (Self::PersonErased, "person_erased", "cancelled", "Person erased"),
        (Self::DataTaken, "data_taken", "free", "Own data downloaded"),
        (Self::RetentionChanged, "retention_changed", "free", "Time to keep data changed"),
        (Self::RetentionRun, "retention_run", "free", "Data erased whose time was over"),
        (Self::StatementChanged, "statement_changed", "free", "Privacy or accessibility statement changed"),
        (Self::Imported, "imported", "confirmed", "Imported from a file"),
        (Self::Exported, "exported", "free", "Exported as a file"),
    ];

    fn row(self) -> &'static Row {
        const FIRST: Row = (EventKind::Requested, "requested", "requested", "Requested");
        Self::TABLE.iter().find(|row| row.0 == self).unwrap_or(&FIRST)
    }

    /// What the owner of an account sees of its history.
    pub const OF_ACCOUNT: [Self; 14] = [
        Self::SecondStepOn,
        Self::SecondStepOff,
        Self::SecondStepReset,
        Self::RecoveryCodesMade,
        Self::RecoveryCodeUsed,
        Self::CodeWrong,
        Self::CodeReplayed,
        Self::LinkRefused,
        Self::SignInPaused,
        Self::NewDevice,
        Self::PasswordChanged,
        Self::AddressAsked,
        Self::AddressChanged,
        Self::AddressPutBack,
    ];
    /// All kinds, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::TABLE.iter().map(|row| row.0)
    }

    pub fn code(self) -> &'static str {
        self.row().1
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == code).map(|row| row.0)
    }

    /// The value of `data-state` for its mark.
    pub fn shown_as(self) -> &'static str {
        self.row().2
    }

    pub fn words(self) -> &'static str {
        self.row().3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_back() {
        for (kind, code, ..) in EventKind::TABLE.iter().copied() {
            assert_eq!(EventKind::parse(code), Some(kind));
            assert_eq!(kind.code(), code);
        }
    }
}

<#
.SYNOPSIS
    A P0 from the first alarm to the report, as an operator works it.
.DESCRIPTION
    'malaria-incident drill' plays this script against a sandbox and shows every statement. It is an ordinary script: with an
    environment file of your own (Get-Help about_MalariaIncident_Environments) it is a starting point for your runbook.
#>

#region Declare
# The pager says that the prediction API answers 500. You do not have to judge the severity: you say what you know, the
# runbook's criteria decide, and the clocks start. From here on every command belongs to this incident.
New-Incident -Title 'Prediction API returns 500' -UsersAffected 60
(Get-Incident).Criteria
#endregion

#region Investigate
# One look at nodes, pods and usage. What is wrong comes first, with the evidence that kubectl spreads over get,
# describe and logs --previous. Looking is recorded too: nobody will have to type a timeline.
$health = Get-ClusterHealth
$health

# What you see is an object: sort it, filter it, hand it on.
$health.Findings | Sort-Object Reason | Format-Table Severity, Reason, ObjectKind, Name -AutoSize

# Crash loops begin with a release. What was live before, and would it be safe to go back to?
Get-RolloutHistory
#endregion

#region Free the table (database)
# Writes hang as well, so look there before the rollback. The sessions that wait are victims; the one to stop is the root of
# the queue: idle in a transaction, so that a list of running queries does not show it.
Get-LongQuery -RootBlockersOnly -MinimumDuration 00:00:01

# Its process id and start times are checked in the very statement that sends the signal, because process ids are reused.
# What only waits is left alone.
Get-LongQuery -RootBlockersOnly -MinimumDuration 00:00:01 | Stop-LongQuery -Confirm:$false
#endregion

#region Roll back
# 'kubectl rollout undo' goes to the revision before, whatever that was: here the same bad image. This goes to the last
# one that was healthy before the incident and runs another image. -WhatIf shows the plan; nothing is sent.
Invoke-EmergencyRollback -WhatIf

# That is what you want. Without -Confirm:$false it would show the same plan and ask. It follows the rollout until
# the pods are ready, then asks the application itself.
Invoke-EmergencyRollback -Confirm:$false
#endregion

#region Verify
# The pods are ready; are the users served? Liveness and readiness, asked from outside.
Test-ServiceHealth

# The runbook's criteria for 'resolved', each with what was measured.
Test-IncidentResolution
#endregion

#region Close and report
# Write down what you know while you know it.
Add-IncidentNote -Text 'Rolled back to the last healthy release; the fix goes out with the next one.'
Set-Incident -RootCause 'Release 1.5.0 reads a feature that the deployed model does not have.'
Close-Incident

# The timeline wrote itself.
Get-IncidentTimeline

Export-IncidentReport -Format Html, Markdown -Path ./reports
#endregion

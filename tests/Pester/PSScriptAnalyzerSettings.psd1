@{
    Severity     = @('Error', 'Warning')
    # build.ps1 names its steps as what they do to the repository, not as cmdlets; they ask nobody.
    ExcludeRules = @('PSUseShouldProcessForStateChangingFunctions')
}
